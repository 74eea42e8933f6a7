import { isIP } from 'node:net';
import { resolve } from 'node:path';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * Whose word on the address of a client is believed: that of proxies at these addresses. A number of proxies is no setting: it
 * would also believe whoever passes them by.
 */
export type TrustedProxies = readonly string[];

const METRICS_PORT = 9464;
const MOST_PORT = 65_535;
const MOST_INSTANCES = 64;
const MOST_REQUESTS = 1_000_000;
const MOST_SECONDS = 86_400;

// As Fastify knows them.
const NAMED_NETWORKS = ['loopback', 'linklocal', 'uniquelocal'];

/** What an operator may choose; everything has a default. */
export interface Config {
  readonly port: number;
  readonly host: string;
  /** Absent: the embedded Postgres. */
  readonly databaseUrl: string | undefined;
  /** Where the listener reaches the same database; absent: where everything does. */
  readonly listenUrl: string | undefined;
  /** The folder of the embedded Postgres and of generated keys, absolute. */
  readonly dataDir: string;
  /** Absent: one is made at the first start. */
  readonly adminKey: string | undefined;
  /** Whether an empty database is told the founding story. */
  readonly demo: boolean;
  readonly logLevel: LogLevel;
  /** How many requests a minute are answered; 0: any number. */
  readonly limits: { readonly address: number; readonly key: number };
  readonly trustProxy: TrustedProxies;
  /** In seconds: how old an answer may be that is given while the database is away (0: none is), and how often to be polled. */
  readonly polling: { readonly mostStale: number; readonly pollInterval: number };
  /**
   * Whether anything is sent to webhooks, by which key their secrets are sealed (absent: they are not), whether messages may go
   * over http, and to which networks beside the open Internet.
   */
  readonly webhooks: {
    readonly sends: boolean;
    readonly key: string | undefined;
    readonly http: boolean;
    readonly networks: readonly string[];
  };
  /** Where the metrics are served, and whether the operator chose that; null: nowhere. */
  readonly metrics: { readonly port: number; readonly isChosen: boolean } | null;
}

/** The environment of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the settings. A variable that is empty is not set.
 *
 * @throws Error that names the variable, says what it must be, and repeats no secret
 */
export function readConfig(env: Environment): Config {
  return {
    port: readPort('PORT', valueOf(env, 'PORT') ?? '3000'),
    host: readHost(env),
    databaseUrl: readDatabaseUrl(env, 'DATABASE_URL'),
    listenUrl: readListenUrl(env),
    dataDir: resolve(valueOf(env, 'ACCORD_DATA') ?? 'data'),
    adminKey: readSecret(env, 'ACCORD_ADMIN_KEY', 16),
    demo: readChoice(env, 'ACCORD_DEMO', ['on', 'off'], 'on') === 'on',
    logLevel: readChoice(env, 'LOG_LEVEL', LOG_LEVELS, 'info'),
    limits: {
      address: readRequests(env, 'ACCORD_LIMIT_ADDRESS', '600'),
      key: readRequests(env, 'ACCORD_LIMIT_KEY', '6000'),
    },
    trustProxy: readNetworks(env, 'ACCORD_TRUST_PROXY', 'proxies'),
    polling: {
      mostStale: readSeconds(env, 'ACCORD_MAX_STALE', '300'),
      pollInterval: readSeconds(env, 'ACCORD_POLL_INTERVAL', '5'),
    },
    webhooks: {
      sends: readChoice(env, 'ACCORD_WEBHOOKS', ['on', 'off'], 'on') === 'on',
      key: readSecret(env, 'ACCORD_WEBHOOK_KEY', 32),
      http: readChoice(env, 'ACCORD_WEBHOOK_HTTP', ['on', 'off'], 'off') === 'on',
      networks: readNetworks(env, 'ACCORD_WEBHOOK_NETWORKS', 'receivers'),
    },
    metrics: readMetrics(env),
  };
}

/**
 * Reads how many services are to run side by side, each with a metrics port of its own from the first one on.
 *
 * @throws Error that says what it must be
 */
export function readInstances(value: string | undefined, { metrics }: Config): number {
  if (value === undefined || !/^\d{1,2}$/.test(value) || !isInstances(Number(value))) {
    throw new Error(
      `Say how many services are to run, from 1 to ${String(MOST_INSTANCES)}: npm run start:cluster -- 4`,
    );
  }
  const last = (metrics?.port ?? 0) + Number(value) - 1;
  if (metrics !== null && metrics.port > 0 && last > MOST_PORT) {
    throw refusal(
      'METRICS_PORT',
      `so low that ${value} services have one each`,
      String(metrics.port),
    );
  }
  return Number(value);
}

function isInstances(count: number): boolean {
  return count >= 1 && count <= MOST_INSTANCES;
}

function readPort(name: string, value: string, other = ''): number {
  if (!/^\d{1,5}$/.test(value) || Number(value) > MOST_PORT) {
    throw refusal(name, `a whole number from 0 to 65535 (0: any free port)${other}`, value);
  }
  return Number(value);
}

function readHost(env: Environment): string {
  const value = valueOf(env, 'HOST') ?? '127.0.0.1';
  if (!/^[\w.:%-]+$/.test(value)) {
    throw refusal(
      'HOST',
      'a host name or an address without a port, such as 127.0.0.1 or ::',
      value,
    );
  }
  return value;
}

/** It may hold a password, so that the refusal does not repeat it. */
function readDatabaseUrl(env: Environment, name: string): string | undefined {
  const value = valueOf(env, name);
  if (value === undefined) return undefined;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^postgres(ql)?:$/.test(url.protocol) || url.pathname.length < 2) {
    throw refusal(name, 'a URL such as postgresql://user:password@host:5432/database');
  }
  return value;
}

function readListenUrl(env: Environment): string | undefined {
  const value = readDatabaseUrl(env, 'ACCORD_LISTEN_URL');
  if (value !== undefined && valueOf(env, 'DATABASE_URL') === undefined) {
    throw refusal(
      'ACCORD_LISTEN_URL',
      'another way to the database of DATABASE_URL, which is not set',
    );
  }
  return value;
}

/** The refusal does not repeat it. */
function readSecret(env: Environment, name: string, least: number): string | undefined {
  const value = valueOf(env, name);
  if (value === undefined || (value.length >= least && /^[\x21-\x7e]+$/.test(value))) return value;
  throw refusal(name, `at least ${String(least)} printable ASCII characters without spaces`);
}

function readMetrics(env: Environment): Config['metrics'] {
  const value = valueOf(env, 'METRICS_PORT');
  if (value === 'off') return null;
  const port = readPort('METRICS_PORT', value ?? String(METRICS_PORT), ' or off');
  return { port, isChosen: value !== undefined };
}

function readRequests(env: Environment, name: string, otherwise: string): number {
  const value = valueOf(env, name) ?? otherwise;
  if (!/^\d{1,7}$/.test(value) || Number(value) > MOST_REQUESTS) {
    throw refusal(
      name,
      `a whole number of requests a minute, at most ${String(MOST_REQUESTS)} (0: any number)`,
      value,
    );
  }
  return Number(value);
}

function readSeconds(env: Environment, name: string, otherwise: string): number {
  const value = valueOf(env, name) ?? otherwise;
  if (!/^\d{1,5}$/.test(value) || Number(value) > MOST_SECONDS) {
    throw refusal(name, `a whole number of seconds, at most ${String(MOST_SECONDS)}`, value);
  }
  return Number(value);
}

function readNetworks(env: Environment, name: string, whose: string): readonly string[] {
  const value = valueOf(env, name) ?? 'off';
  if (value === 'off') return [];
  const networks = value.split(',').map((each) => each.trim());
  if (!networks.every(isNetwork)) {
    throw refusal(
      name,
      `off, or the addresses and networks of ${whose}, such as 10.0.0.0/8, parted by commas`,
      value,
    );
  }
  return networks;
}

function isNetwork(value: string): boolean {
  if (NAMED_NETWORKS.includes(value)) return true;
  const [address = '', length] = value.split('/');
  const version = isIP(address);
  if (version === 0 || length === undefined) return version !== 0 && !value.includes('/');
  return /^\d{1,3}$/.test(length) && Number(length) <= (version === 4 ? 32 : 128);
}

function readChoice<Choice extends string>(
  env: Environment,
  name: string,
  choices: readonly Choice[],
  otherwise: Choice,
): Choice {
  const value = valueOf(env, name);
  if (value === undefined) return otherwise;
  const choice = choices.find((candidate) => candidate === value);
  if (choice === undefined) throw refusal(name, `one of ${choices.join(', ')}`, value);
  return choice;
}

function valueOf(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === '' ? undefined : value;
}

function refusal(name: string, expectation: string, value?: string): Error {
  return new Error(
    `${name} must be ${expectation}${value === undefined ? '' : `, not "${value}"`}.`,
  );
}
