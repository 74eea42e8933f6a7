/** Reads by chance: at which instance, as whom, in which form, and whether a tag of before is sent. */
import { setImmediate as turn } from 'node:timers/promises';
import { seededRandom } from '../random.js';
import type { Instance } from './instances.js';
import { keyOf, type Address, type Read } from './judge.js';
import { Wire, type Heard } from './wire.js';

const CODINGS = ['none', 'identity', 'gzip', 'br', 'gzip, br;q=0.5', 'br, gzip;q=0.5'];

/** How many read at a time while something goes on. */
const AT_ONCE = 3;

/** Those who read. */
export class Readers {
  /** What is read; the first few most often, so that much is given again. */
  addresses: readonly Address[] = [];
  /** The number of the first state that an instance may tell of: that of its own last change. */
  readonly floors = new Map<Instance, number>();
  private readonly chance: () => number;
  private readonly tags = new Map<string, readonly string[]>();
  private reading: Promise<Read>[] = [];

  constructor(
    seed: number,
    private readonly wire: Wire,
    private readonly instances: readonly Instance[],
    private readonly editorKey: string,
  ) {
    this.chance = seededRandom(seed);
  }

  /** Reads somewhere. */
  async read(): Promise<void> {
    const some = this.addresses.slice(0, this.chance() < 0.5 ? 6 : undefined);
    const reading = this.send(pick(this.chance, this.instances), pick(this.chance, some));
    this.reading.push(reading);
    await reading;
  }

  /** Reads again and again, some at a time, until something is over. */
  async readWhile(work: Promise<unknown>): Promise<void> {
    let isOver = false;
    const over = work.finally(() => (isOver = true));
    const reader = async (): Promise<void> => {
      while (!isOver) {
        await this.read();
        await turn();
      }
    };
    await Promise.all([over, ...Array.from({ length: AT_ONCE }, reader)]);
  }

  /** What was read since this was asked last. */
  async taken(): Promise<readonly Read[]> {
    const reading = this.reading;
    this.reading = [];
    return Promise.all(reading);
  }

  /** Asks an instance for something as it is, without a condition. */
  whole(instance: Instance, address: Address): Promise<Heard> {
    const headers = { ...this.asWhom(address), 'accept-encoding': 'identity' };
    return this.wire.send(urlOf(instance, address), 'GET', { headers });
  }

  private async send(instance: Instance, address: Address): Promise<Read> {
    const known = this.tags.get(keyOf(address)) ?? [];
    const tags = known.length > 0 && this.chance() < 0.5 ? [pick(this.chance, known)] : null;
    const coding = pick(this.chance, CODINGS);
    const isHead = this.chance() < 0.15;
    const floor = this.floors.get(instance) ?? 0;
    const headers = {
      ...this.asWhom(address),
      ...(coding === 'none' ? {} : { 'accept-encoding': coding }),
      ...(tags === null ? {} : { 'if-none-match': tags.join(', ') }),
    };
    const asked = performance.now();
    const method = isHead ? 'HEAD' : 'GET';
    const heard = await this.wire.send(urlOf(instance, address), method, { headers });
    const answered = performance.now();
    if (heard.headers.etag !== undefined)
      this.tags.set(keyOf(address), [...known.slice(-3), heard.headers.etag]);
    return { address, instance: instance.name, isHead, tags, asked, answered, floor, heard };
  }

  private asWhom({ audience }: Address): Readonly<Record<string, string>> {
    return audience === 'reader' ? {} : { authorization: `Bearer ${this.editorKey}` };
  }
}

/** One of some, by chance. */
export function pick<Item>(random: () => number, items: readonly Item[]): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('there is nothing to pick');
  return item;
}

function urlOf({ accord }: Instance, { audience, path }: Address): string {
  const view = `${path.includes('?') ? '&' : '?'}view=public`;
  return `${accord.baseUrl}${path}${audience === 'editor as reader' ? view : ''}`;
}
