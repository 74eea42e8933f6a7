import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import type { Clock } from '../../platform/clock/clock.js';
import { addressJudge } from './addresses.js';
import { SecretStore } from './secrets.js';

/** What an operator has chosen. */
export interface WebhookOptions {
  /** Whether anything is sent; what is not waits. */
  readonly sends: boolean;
  /** By which the secrets of webhooks are sealed; undefined: they are not. */
  readonly key: string | undefined;
  /** Whether messages may go over http. */
  readonly http: boolean;
  /** Networks beside the open Internet to which messages may go. */
  readonly networks: readonly string[];
}

/** Finds the addresses of a host. */
export type Resolve = (host: string) => Promise<readonly LookupAddress[]>;

/** The bounds of webhooks and what they need of the world. They are read when they count, so that they may be set at any time. */
export class WebhookSettings {
  /** How many messages this instance sends at once, and to one host. */
  mostAtOnce = 16;
  mostPerHost = 4;
  /** How long an attempt may take, from the look-up of the host to the end of the answer, in milliseconds. */
  timeout = 15_000;
  /** After so long others may send what an instance has begun to send, in milliseconds: longer than an attempt may take. */
  lease = 30_000;
  /** How many deliveries of a webhook may be pending; what comes after them waits in the feed. */
  mostPending = 10_000;
  /** How often is looked for what nobody told, such as a webhook that another instance has made, in milliseconds. */
  look = 15_000;
  /** How often what is old is forgotten, in milliseconds, and how much of it at once. */
  sweep = 3_600_000;
  sweptAtOnce = 10_000;
  /** So many places of the feed are looked at in one statement. */
  stretch = 10_000;
  /** How many hosts are looked up at once: what gives no answer holds a thread that others need. */
  mostLookups = 2;
  /** How long to wait before a database is asked again that gave no answer, in milliseconds. */
  pause = 1_000;
  /** How long what is being sent may take when the service stops, in milliseconds. */
  lastAttempts = 1_000;
  /** From 0 up to 1. */
  chance: () => number = Math.random;
  resolve: Resolve = (host) => lookup(host, { all: true });

  readonly sends: boolean;
  readonly allowsHttp: boolean;
  readonly allows: (address: string) => boolean;
  readonly secrets: SecretStore;

  constructor(
    { sends, key, http, networks }: WebhookOptions,
    private readonly clock: Clock,
  ) {
    this.sends = sends;
    this.allowsHttp = http;
    this.allows = addressJudge(networks);
    this.secrets = new SecretStore(key);
  }

  /** By which it is judged what is due, ISO; null: by the database's clock. */
  instant(): string | null {
    return this.clock.instant();
  }
}
