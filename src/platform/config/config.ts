import { resolve } from 'node:path';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** What an operator may choose; everything has a default. */
export interface Config {
  readonly port: number;
  readonly host: string;
  /** Absent: the embedded Postgres. */
  readonly databaseUrl: string | undefined;
  /** The folder of the embedded Postgres and of generated keys, absolute. */
  readonly dataDir: string;
  /** Absent: one is made at the first start. */
  readonly adminKey: string | undefined;
  /** Whether an empty database is told the founding story. */
  readonly demo: boolean;
  readonly logLevel: LogLevel;
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
    port: readPort(env),
    host: readHost(env),
    databaseUrl: readDatabaseUrl(env),
    dataDir: resolve(valueOf(env, 'ACCORD_DATA') ?? 'data'),
    adminKey: readAdminKey(env),
    demo: readChoice(env, 'ACCORD_DEMO', ['on', 'off'], 'on') === 'on',
    logLevel: readChoice(env, 'LOG_LEVEL', LOG_LEVELS, 'info'),
  };
}

function readPort(env: Environment): number {
  const value = valueOf(env, 'PORT') ?? '3000';
  if (!/^\d{1,5}$/.test(value) || Number(value) > 65_535) {
    throw refusal('PORT', 'a whole number from 0 to 65535 (0: any free port)', value);
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
function readDatabaseUrl(env: Environment): string | undefined {
  const value = valueOf(env, 'DATABASE_URL');
  if (value === undefined) return undefined;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^postgres(ql)?:$/.test(url.protocol) || url.pathname.length < 2) {
    throw refusal('DATABASE_URL', 'a URL such as postgresql://user:password@host:5432/database');
  }
  return value;
}

function readAdminKey(env: Environment): string | undefined {
  const value = valueOf(env, 'ACCORD_ADMIN_KEY');
  if (value !== undefined && !/^[\x21-\x7e]{16,}$/.test(value)) {
    throw refusal('ACCORD_ADMIN_KEY', 'at least 16 printable ASCII characters without spaces');
  }
  return value;
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
