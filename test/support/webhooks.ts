import { WebhookQueue } from '../../src/features/webhooks/webhook.queue.js';
import { WebhookSender } from '../../src/features/webhooks/webhook.sender.js';
import {
  WebhookSettings,
  type WebhookOptions,
} from '../../src/features/webhooks/webhooks.settings.js';
import type { Answer, TestApp } from './app.js';
import type { Change } from './feed.js';

/** Messages may go to this machine. */
export const LOCAL: WebhookOptions = {
  sends: true,
  key: 'a key for the secrets of webhooks'.replaceAll(' ', '-'),
  http: true,
  networks: ['loopback'],
};

/** Later than anything is recorded, so that all of it is visible. */
const BEGIN = Date.now() + 3_600_000;

/** Below that of a test, in milliseconds: what is waited for in vain is told. */
const PATIENCE = 60_000;

/** A webhook as the API shows it. */
export interface ShownWebhook {
  readonly id: string;
  readonly url: string;
  readonly enabled: boolean;
  readonly cursor: string;
  readonly pending: number;
  readonly dead: number;
  readonly goneAt: string | null;
  readonly waitsUntil: string | null;
  readonly previousUntil: string | null;
}

/** A delivery as the API shows it. */
export interface ShownDelivery {
  readonly id: string;
  readonly messageId: string;
  readonly state: 'pending' | 'delivered' | 'dead';
  readonly attempts: number;
  readonly nextAttemptAt: string | null;
  readonly attemptedAt: string | null;
  readonly endedAt: string | null;
  readonly status: number | null;
  readonly failure: string | null;
  readonly change: Change | null;
}

/** An instant so many milliseconds after a beginning that is later than anything is recorded in a test. */
export function at(milliseconds: number): string {
  return new Date(BEGIN + milliseconds).toISOString();
}

/** What admins do with webhooks. */
export class Hooks {
  constructor(private readonly accord: TestApp) {}

  get settings(): WebhookSettings {
    return this.accord.app.get(WebhookSettings);
  }

  send(method: string, path: string, body?: unknown): Promise<Answer> {
    return this.accord.send(method, path, body === undefined ? {} : { body }, 'admin');
  }

  /** Makes a webhook, which must succeed. */
  async make(fields: object): Promise<ShownWebhook & { readonly secret: string }> {
    return this.succeed<ShownWebhook & { readonly secret: string }>('POST', '', fields);
  }

  /** The first page of them. */
  async list(): Promise<readonly ShownWebhook[]> {
    const page = await this.succeed<{ data: ShownWebhook[] }>('GET', '?limit=100');
    return page.data;
  }

  async read(id: string): Promise<ShownWebhook> {
    return this.succeed<ShownWebhook>('GET', `/${id}`);
  }

  async patch(id: string, fields: object): Promise<ShownWebhook> {
    return this.succeed<ShownWebhook>('PATCH', `/${id}`, fields);
  }

  async replay(id: string, fields: object): Promise<ShownWebhook> {
    return this.succeed<ShownWebhook>('POST', `/${id}/replay`, fields);
  }

  async remove(id: string): Promise<void> {
    await this.succeed('DELETE', `/${id}`);
  }

  async removeAll(): Promise<void> {
    for (const { id } of await this.list()) await this.remove(id);
  }

  async deliveries(id: string, state = ''): Promise<readonly ShownDelivery[]> {
    const query = `limit=100${state === '' ? '' : `&state=${state}`}`;
    const page = await this.succeed<{ data: ShownDelivery[] }>('GET', `/${id}/deliveries?${query}`);
    return page.data;
  }

  /** The deliveries once they are as they are expected to be, which somebody is about to see to. */
  async until(
    id: string,
    expected: (deliveries: readonly ShownDelivery[]) => boolean,
  ): Promise<readonly ShownDelivery[]> {
    let deliveries: readonly ShownDelivery[] = [];
    for (const until = Date.now() + PATIENCE; Date.now() < until;) {
      deliveries = await this.deliveries(id);
      if (expected(deliveries)) return deliveries;
    }
    throw new Error(`not as expected: ${JSON.stringify(deliveries)}`);
  }

  /** Over when all that there is in the feed has been attempted as far as it is due, and nothing is being sent. */
  async settled(): Promise<void> {
    for (const until = Date.now() + PATIENCE; Date.now() < until;) {
      this.wake();
      const [row] = await this.accord.database.read<{ busy: boolean }>(
        `SELECT EXISTS (SELECT FROM deliveries AS delivery JOIN webhooks AS webhook ON webhook.id = delivery.webhook_id
             WHERE webhook.enabled AND delivery.state = 'pending' AND (delivery.lease IS NOT NULL OR delivery.due_at <=
               COALESCE($1::timestamptz, clock_timestamp()) AND COALESCE(webhook.waits_until <= COALESCE($1::timestamptz, clock_timestamp()), true)))
           OR EXISTS (SELECT FROM webhooks AS webhook WHERE webhook.enabled
             AND webhook.position < (SELECT COALESCE(max(change.position), 0) FROM changes AS change))
           OR EXISTS (SELECT FROM webhooks AS webhook WHERE webhook.enabled) AND EXISTS (SELECT FROM pending_changes) AS busy`,
        [this.instant],
      );
      if (row?.busy === false) return;
    }
    throw new Error('something is still on its way');
  }

  /** Sets the instant at which everything is judged, visibility and what is due; and has it looked at. */
  setInstant(instant: string | null): void {
    this.instant = instant;
    this.accord.setInstant(instant);
    this.wake();
  }

  wake(): void {
    this.accord.app.get(WebhookQueue).wake();
    this.accord.app.get(WebhookSender).wake();
  }

  private instant: string | null = null;

  private async succeed<Body>(method: string, path: string, body?: object): Promise<Body> {
    const answer = await this.send(method, `/v1/webhooks${path}`, body);
    if (answer.status >= 300) throw new Error(`${method} ${path} answered ${answer.text}`);
    return answer.body as Body;
  }
}
