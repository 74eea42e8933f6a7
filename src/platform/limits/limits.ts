import { Injectable } from '@nestjs/common';
import { Authenticator, hashOf } from '../auth/authenticator.js';
import { bearerIn, type KnownRequest } from '../auth/caller.js';
import { Problem } from '../errors/problem.js';
import { clientFinder, networkOf } from './address.js';
import { Quota, WINDOW, type Standing } from './quota.js';

/** How many requests a minute one instance answers; 0: any number. */
export interface LimitOptions {
  /** Of an address that sends no key that we know. */
  readonly address: number;
  /** Of the holder of a key. */
  readonly key: number;
  /** Addresses and networks of proxies whose word on a client's address is believed. */
  readonly trustProxy: readonly string[];
}

/** Told of every request that is refused here, by the policy that refuses it. */
export type OnLimited = (policy: string) => void;

/**
 * Counts requests: those with a key that is good by the key, all others by the address, so that keys that are made up spare
 * nobody their own quota. Each instance counts by itself.
 */
@Injectable()
export class Limits {
  private readonly readers: Quota;
  private readonly holders: Quota;
  /** Refused keys by address: who tries too many of them is not looked up any more. */
  private readonly strangers: Quota;
  private readonly clientOf: ReturnType<typeof clientFinder>;

  constructor(
    private readonly options: LimitOptions,
    private readonly authenticator: Authenticator,
    private readonly onLimited: OnLimited,
  ) {
    this.readers = new Quota('reader', options.address);
    this.holders = new Quota('key', options.key);
    this.clientOf = clientFinder(options.trustProxy);
    this.strangers = new Quota('reader', options.address);
  }

  /** Whether anything is counted at all. */
  get areSet(): boolean {
    return this.options.address > 0 || this.options.key > 0;
  }

  /**
   * Counts a request and, when it has a key, finds out whose: `request.identified` says so from here on.
   *
   * @returns the headers that tell how its sender stands
   * @throws Problem `too_many_requests`
   */
  async admit(request: KnownRequest): Promise<Readonly<Record<string, string>>> {
    const network = networkOf(this.clientOf(request.raw));
    const { authorization } = request.headers;
    // One key has one quota, however its header is written.
    const bearer = authorization && (bearerIn(authorization) ?? authorization);
    const key = bearer ? Buffer.from(hashOf(bearer)).toString('base64') : undefined;
    if (key !== undefined) await this.refuseGuessing(network, key);
    const isKnown = key !== undefined && (await this.isKnown(request, network));
    const standing = await (isKnown ? this.holders.spend(key) : this.readers.spend(network));
    if (standing.isExceeded) throw this.refusal(isKnown ? this.holders : this.readers, standing);
    return standing.headers;
  }

  /** A key that was good within this window is looked up all the same, whoever else guesses at the same address. */
  private async refuseGuessing(network: string, key: string): Promise<void> {
    const standing = await this.strangers.standingOf(network);
    if (standing?.isExceeded !== true) return;
    if ((await this.holders.standingOf(key)) === undefined)
      throw this.refusal(this.strangers, standing);
  }

  /** Whether the key is good. When the database does not say, it is not known. */
  private async isKnown(request: KnownRequest, network: string): Promise<boolean> {
    request.identified = this.authenticator.identify(request.headers.authorization);
    try {
      await request.identified;
      return true;
    } catch (error) {
      // The guard refuses it where a key is needed; here it is only counted.
      if (error instanceof Problem && error.code === 'unauthorized')
        await this.strangers.spend(network);
      return false;
    }
  }

  private refusal({ policy }: Quota, { reset, headers }: Standing): Problem {
    this.onLimited(policy);
    return new Problem(
      'too_many_requests',
      `More requests than this instance takes in ${String(WINDOW)} seconds from one ${policy === 'key' ? 'key' : 'address'}. Come again in ${String(reset)} s.`,
      {},
      { ...headers, 'retry-after': String(reset) },
    );
  }
}
