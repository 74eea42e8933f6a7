import type { Contract } from '../contract.js';
import { faultOf, parsed } from './judge.js';
import type { Ledger } from './ledger.db.js';
import type { FuzzRequest } from './requests.js';
import type { WireAnswer } from './wire.js';

/** A request and what came of it. */
export interface Exchange {
  readonly request: FuzzRequest;
  /** The answer, or why there was none. */
  readonly answer: WireAnswer | string;
}

const SHOWN = 1_500;

/** Judges answers one by one, and batches by what they left in the database. */
export class Verdict {
  /** Each with the request, so that it can be repeated. */
  readonly faults: string[] = [];
  /** How often each status was answered; 0: not at all. */
  readonly statuses = new Map<number, number>();
  /** The operations that were answered with success. */
  readonly reached = new Set<string>();
  revisions = 0;

  /** @param keys how many there are before the first batch */
  constructor(
    private readonly contract: Contract,
    private readonly ledger: Ledger,
    private keys: number,
  ) {}

  async take(batch: readonly Exchange[]): Promise<void> {
    for (const exchange of batch) {
      const { request, answer } = exchange;
      const fault = faultOf(this.contract, request, answer);
      if (fault !== null) this.blame(fault, exchange);
      const status = typeof answer === 'string' ? 0 : answer.status;
      this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
      if (successOf(exchange)) this.reached.add(request.operation.operationId);
    }
    await this.compare(batch);
  }

  /** What was written was acknowledged, and what was acknowledged was written. */
  private async compare(batch: readonly Exchange[]): Promise<void> {
    const { requests, keys } = await this.ledger.written();
    const writers = new Set(requests);
    this.revisions += requests.length;
    const asked = new Map(batch.map((exchange) => [requestIdOf(exchange), exchange]));
    for (const writer of writers) {
      const exchange = asked.get(writer);
      if (exchange === undefined)
        this.faults.push(
          `there is a revision of the request ${String(writer)}, which nobody knows`,
        );
      else if (!successOf(exchange))
        this.blame('it was refused, and something was written', exchange);
    }
    const made = batch.filter((exchange) => successOf(exchange)?.status === 201);
    for (const exchange of made.filter((each) => makes(each, 'version'))) {
      if (!writers.has(requestIdOf(exchange)))
        this.blame('it was acknowledged, and nothing was written', exchange);
    }
    this.keys += made.filter((each) => makes(each, 'key')).length;
    if (keys !== this.keys)
      this.faults.push(`there should be ${String(this.keys)} keys, and there are ${String(keys)}`);
    this.keys = keys;
  }

  private blame(fault: string, { request, answer }: Exchange): void {
    const bytes = request.head + (request.payload?.toString('latin1') ?? '');
    const [status, text] =
      typeof answer === 'string' ? ['none', answer] : [answer.status, answer.text];
    const lines = [
      `request ${String(request.number)} (${request.framing}): ${fault}`,
      `  sent ${JSON.stringify(bytes).slice(0, SHOWN)}`,
      `  got ${String(status)} ${JSON.stringify(text).slice(0, SHOWN)}`,
    ];
    this.faults.push(lines.join('\n'));
  }
}

/** The answer, if the service did what was asked. */
function successOf({ answer }: Exchange): WireAnswer | null {
  return typeof answer !== 'string' && answer.status < 400 ? answer : null;
}

function requestIdOf({ answer }: Exchange): string | null {
  return typeof answer === 'string' ? null : (answer.headers.get('x-request-id') ?? null);
}

/** Whether an answer shows something new that has such a field: a repeated answer shows nothing new. */
function makes(exchange: Exchange, field: string): boolean {
  const answer = successOf(exchange);
  if (answer === null || answer.headers.has('idempotent-replayed')) return false;
  return Object.hasOwn(Object(parsed(answer.text)) as object, field);
}
