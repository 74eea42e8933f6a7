import { Injectable } from '@nestjs/common';
import type { Author } from '../../platform/auth/caller.js';
import { Problem, invalid } from '../../platform/errors/problem.js';
import type { Paging } from '../../platform/http/query.reader.js';
import { isUuid } from '../../platform/http/text.js';
import { Database, readWithin, type WriteOptions } from '../../platform/prisma/database.js';
import type { Transaction } from '../../platform/prisma/transaction.js';
import { decodeCursor } from '../../platform/records/cursor.js';
import { byId, pageFrom, type Page } from '../../platform/records/page.js';
import { bodyOf } from '../../platform/records/record.body.js';
import { BEGINNING, Feed, cursorAfter, entryBefore, type Part } from '../changes/changes.module.js';
import { newSecret, presentSecret } from './secrets.js';
import { faultOf } from './targets.js';
import { WebhookQueue } from './webhook.queue.js';
import {
  deleteWebhook,
  disableWebhook,
  findWebhook,
  forgetDeliveries,
  holdKey,
  insertWebhook,
  listWebhooks,
  lockWebhook,
  missingMergers,
  moveWebhook,
  nextWebhookId,
  rotateSecret,
  updateWebhook,
  type StoredWebhook,
  type WebhookFields,
} from './webhooks.db.js';
import { ReplayBody, SecretBody, WebhookBody } from './webhooks.dto.js';
import { WebhookSettings } from './webhooks.settings.js';

/** A webhook as it is shown; where it stands in the feed is a cursor of that. */
export type WebhookView = Omit<StoredWebhook, 'entryId'> & { readonly cursor: string };

/** A secret, as it is shown once. */
export interface SecretView {
  readonly secret: string;
  readonly previousUntil: string;
}

/** What a cursor of the list is bound to. */
const WEBHOOK_LIST = 'webhooks';

/** No record is touched by these: nobody sees less. */
const HIDING_NOTHING: WriteOptions = { mayHide: false };

/** Who is told of changes, as admins say it. */
@Injectable()
export class WebhooksService {
  constructor(
    private readonly database: Database,
    private readonly feed: Feed,
    private readonly queue: WebhookQueue,
    private readonly settings: WebhookSettings,
  ) {}

  /**
   * Makes a webhook, which is told of everything from now on, and shows its secret, this once.
   *
   * @throws Problem `validation_failed`, `reference_not_found`, `unauthorized`
   */
  async create(sent: unknown, author: Author): Promise<WebhookView & { readonly secret: string }> {
    const fields = await this.fieldsOf(sent);
    await this.feed.catchUp();
    const position = await this.feed.end();
    const made = await this.database.write(
      author,
      async (tx) => {
        await requireKey(tx, author);
        await requireMergers(tx, fields.mergerIds);
        const id = await nextWebhookId(tx);
        const secret = newSecret();
        const stored = this.settings.secrets.close(secret, id);
        const { name: createdBy, keyId } = author;
        await insertWebhook(tx, { id, fields, position, secret: stored, createdBy, keyId });
        return { ...(await requireWebhook(tx, id)), secret: presentSecret(secret) };
      },
      HIDING_NOTHING,
    );
    this.queue.wake();
    return made;
  }

  /**
   * Changes what is said of a webhook by a merge patch.
   *
   * @throws Problem `not_found`, `validation_failed`, `reference_not_found`, `unauthorized`
   */
  async patch(id: string, patch: unknown, author: Author): Promise<WebhookView> {
    const changed = await this.database.write(
      author,
      async (tx) => {
        await requireKey(tx, author);
        const before = await heldWebhook(tx, id);
        const sent = isPlain(patch) ? { ...before, ...patch } : patch;
        const fields = await this.fieldsOf(sent, before.url);
        const isNew = (mergerId: string): boolean => !before.mergerIds.includes(mergerId);
        await requireMergers(tx, fields.mergerIds.filter(isNew));
        await updateWebhook(tx, id, { ...fields, keyId: author.keyId });
        return requireWebhook(tx, id);
      },
      HIDING_NOTHING,
    );
    this.queue.wake();
    return changed;
  }

  /**
   * Gives a webhook a new secret and shows it, this once. The one before signs as well for a while.
   *
   * @throws Problem `not_found`, `validation_failed`
   */
  async rotate(id: string, sent: unknown, author: Author): Promise<SecretView> {
    const { overlapHours } = await bodyOf(SecretBody, sent ?? {});
    return this.database.write(
      author,
      async (tx) => {
        await heldWebhook(tx, id);
        const secret = newSecret();
        const previousUntil = await rotateSecret(tx, id, {
          secret: this.settings.secrets.close(secret, id.toLowerCase()),
          overlapHours: overlapHours ?? 24,
          instant: this.settings.instant(),
        });
        return { secret: presentSecret(secret), previousUntil: previousUntil ?? '' };
      },
      HIDING_NOTHING,
    );
  }

  /**
   * Has a webhook go on after another place of the feed: what was sent before is sent again.
   *
   * @throws Problem `not_found`, `validation_failed`, `invalid_cursor`
   */
  async replay(id: string, sent: unknown, author: Author): Promise<WebhookView> {
    const { after } = await bodyOf(ReplayBody, sent ?? {});
    const { audience: view, mergerIds } = await this.find(id);
    const position = await this.positionAfter({ view, mergerIds }, after ?? null);
    const moved = await this.database.write(
      author,
      async (tx) => {
        if (!(await moveWebhook(tx, id, position))) throw missing();
        return requireWebhook(tx, id);
      },
      HIDING_NOTHING,
    );
    this.queue.wake();
    return moved;
  }

  /**
   * One webhook.
   *
   * @throws Problem `not_found`
   */
  async read(id: string): Promise<WebhookView> {
    return present(await this.find(id));
  }

  /**
   * A page of all webhooks, the oldest first.
   *
   * @throws Problem `invalid_cursor`
   */
  async list({ limit, cursor }: Paging): Promise<Page<WebhookView>> {
    const after = cursor === null ? null : decodeCursor(cursor, WEBHOOK_LIST).id;
    const found = await listWebhooks(this.database.read, after, limit + 1);
    return pageFrom(found.map(present), { limit, list: WEBHOOK_LIST }, byId);
  }

  /**
   * Removes a webhook with all that is on its way to it, for good: what there is of that goes first, bit by bit, while nothing is sent.
   *
   * @throws Problem `not_found`
   */
  async remove(id: string, author: Author): Promise<void> {
    if (!isUuid(id)) throw missing();
    const require = (work: typeof deleteWebhook): Promise<void> =>
      this.database.write(
        author,
        async (tx) => {
          if (!(await work(tx, id))) throw missing();
        },
        HIDING_NOTHING,
      );
    await require(disableWebhook);
    const { sweptAtOnce } = this.settings;
    while ((await forgetDeliveries(this.database.beside, id, sweptAtOnce)) === sweptAtOnce);
    await require(deleteWebhook);
  }

  private async find(id: string): Promise<StoredWebhook> {
    const webhook = isUuid(id) ? await findWebhook(this.database.read, id) : undefined;
    if (!webhook) throw missing();
    return webhook;
  }

  private async positionAfter(part: Part, after: string | null): Promise<number> {
    if (after !== 'latest') return this.feed.catchUp(entryBefore(part, after));
    await this.feed.catchUp();
    return this.feed.end();
  }

  /** @param before a URL that was good when it was said, and need not be said again */
  private async fieldsOf(sent: unknown, before: string | null = null): Promise<WebhookFields> {
    const { url, description, mergerIds, audience, enabled } = await bodyOf(WebhookBody, sent);
    const detail = url === before ? null : faultOf(url, this.settings);
    if (detail !== null) throw invalid([{ pointer: '/url', detail }]);
    return {
      url,
      description: description ?? null,
      mergerIds: (mergerIds ?? []).map((id) => id.toLowerCase()).toSorted(),
      audience: audience ?? 'public',
      enabled: enabled ?? true,
    };
  }
}

async function heldWebhook(tx: Transaction, id: string): Promise<WebhookFields> {
  const fields = isUuid(id) ? await lockWebhook(tx, id) : undefined;
  if (!fields) throw missing();
  return fields;
}

/** Whoever is about to lose the key makes nothing that outlives it. */
async function requireKey(tx: Transaction, { keyId }: Author): Promise<void> {
  if (!(await holdKey(tx, keyId))) throw new Problem('unauthorized', 'The key is revoked.');
}

async function requireWebhook(tx: Transaction, id: string): Promise<WebhookView> {
  const webhook = await findWebhook(readWithin(tx), id);
  if (!webhook) throw missing();
  return present(webhook);
}

async function requireMergers(tx: Transaction, mergerIds: readonly string[]): Promise<void> {
  const [missingId] = mergerIds.length === 0 ? [] : await missingMergers(tx, mergerIds);
  if (missingId === undefined) return;
  const detail = `there is no merger ${missingId}`;
  throw new Problem('reference_not_found', `/mergerIds: ${detail}.`, {
    errors: [{ pointer: '/mergerIds', detail }],
  });
}

function present({ entryId, ...webhook }: StoredWebhook): WebhookView {
  const part = { view: webhook.audience, mergerIds: webhook.mergerIds };
  return { ...webhook, cursor: cursorAfter(part, entryId ?? BEGINNING) };
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function missing(): Problem {
  return new Problem('not_found', 'There is no such webhook.');
}
