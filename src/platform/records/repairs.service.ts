import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from '../prisma/transaction.js';
import type { RecordType } from '../../domain/vocabulary.js';
import type { Edit } from '../auth/caller.js';
import { Problem } from '../errors/problem.js';
import type { Precondition } from '../http/etag.js';
import { bodyAtVersion } from '../ledger/revisions.db.js';
import { Database, readWithin } from '../prisma/database.js';
import { HOLDING_FIELDS } from './holdable.dto.js';
import { bodyOf, patchedBody, requireNoFields } from './record.body.js';
import { admitBody, parseBody, storeChange } from './record.changes.js';
import {
  DEFINITIONS,
  type Definitions,
  type RecordDefinition,
  type RuleContext,
} from './record.definition.js';
import {
  requireFound,
  requireLive,
  requireReason,
  requireUnchanged,
} from './record.preconditions.js';
import { lockRecord, setRetracted } from './records.db.js';
import { definitionOf } from './references.db.js';
import { RevertBody } from './revert.dto.js';
import type { StoredRecord } from './stored.record.js';

type Body = Readonly<Record<string, unknown>>;

/** A record by its kind and its id or slug. */
interface Target {
  readonly type: RecordType;
  readonly key: string;
}

/** Takes back what was done to a record. */
@Injectable()
export class RepairsService {
  constructor(
    private readonly database: Database,
    @Inject(DEFINITIONS) private readonly definitions: Definitions,
  ) {}

  /**
   * Takes back a retraction, and with it what went along. Everything is asked again that is asked of a new record.
   *
   * @throws Problem `reason_required`, `not_found`, `not_retracted`, `stale`, what its references and rules refuse
   */
  async restore(target: Target, sent: unknown, { author, expected }: Edit): Promise<StoredRecord> {
    requireReason(author, 'the record is restored');
    requireNoFields(sent);
    return this.database.write(author, (tx) => this.restoreWithin(tx, target, expected));
  }

  /**
   * Takes a record back to what it was at a version, as a new revision. Who sees it stays as it is now. It is judged as a
   * patch that gives every field is.
   *
   * @throws Problem `validation_failed`, `not_found`, `retracted`, `stale`, `unknown_version`, what its references and
   *   rules refuse
   */
  async revert(target: Target, sent: unknown, { author, expected }: Edit): Promise<StoredRecord> {
    const { version } = await bodyOf(RevertBody, sent);
    return this.database.write(author, async (tx) => {
      const definition = definitionOf(this.definitions, target.type);
      const locked = await lockRecord(tx, definition, target.key);
      const current = await requireLive(readWithin(tx), definition, locked);
      await requireUnchanged(tx, definition, current, expected);
      const { id } = current;
      const past = await bodyAtVersion(tx, definition, id, [version]);
      if (!past) throw unknownVersion(version);
      const before = parseBody(current);
      const body = await patchedBody(definition, asItWas(definition, before, parseBody(past)), {});
      return storeChange(this.context(tx), definition, { id, body, before });
    });
  }

  private async restoreWithin(
    tx: Transaction,
    { type, key }: Target,
    expected: Precondition,
  ): Promise<StoredRecord> {
    const context = this.context(tx);
    const definition = definitionOf(this.definitions, type);
    const current = requireFound(definition, await lockRecord(tx, definition, key));
    if (!current.retracted) {
      throw new Problem(
        'not_retracted',
        'The record is not retracted: there is nothing to restore.',
      );
    }
    await requireUnchanged(tx, definition, current, expected);
    const before = parseBody(current);
    const body = await patchedBody(definition, before, {});
    await admitBody(context, definition, { id: current.id, body, before: null });
    const restored = await setRetracted(tx, definition, current.id, false);
    const companions = (await definition.rules.restoring?.(context, current.id)) ?? [];
    for (const companion of companions)
      await this.restoreWithin(tx, { type: companion.type, key: companion.id }, 'any');
    return restored;
  }

  private context(tx: Transaction): RuleContext {
    return { tx, definitions: this.definitions };
  }
}

/** What a record was, but for the fields that are fixed and for those that say who sees it. */
function asItWas(definition: RecordDefinition, current: Body, past: Body): Body {
  const content = definition.fields.filter(
    ({ name, fixed }) => !fixed && !HOLDING_FIELDS.has(name),
  );
  return { ...current, ...Object.fromEntries(content.map(({ name }) => [name, past[name]])) };
}

function unknownVersion(version: number): Problem {
  const detail = `The record never had version ${String(version)}.`;
  return new Problem('unknown_version', detail, { errors: [{ pointer: '/version', detail }] });
}
