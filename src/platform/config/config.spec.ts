import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readConfig, readInstances } from './config.js';

describe('the settings', () => {
  test('all have a default', () => {
    expect(readConfig({})).toEqual({
      port: 3000,
      host: '127.0.0.1',
      databaseUrl: undefined,
      listenUrl: undefined,
      dataDir: resolve('data'),
      adminKey: undefined,
      demo: true,
      logLevel: 'info',
      limits: { address: 600, key: 6_000 },
      trustProxy: [],
      polling: { mostStale: 300, pollInterval: 5 },
      webhooks: { sends: true, key: undefined, http: false, networks: [] },
      metrics: { port: 9_464, isChosen: false },
    });
  });

  test('are taken from the environment', () => {
    const env = {
      PORT: '0',
      HOST: '::',
      DATABASE_URL: 'postgresql://accord:secret@pooler:6432/accord?sslmode=require',
      ACCORD_LISTEN_URL: 'postgresql://accord:secret@db:5432/accord',
      ACCORD_DATA: '/srv/accord data',
      ACCORD_ADMIN_KEY: 'sixteen-letters!',
      ACCORD_DEMO: 'off',
      LOG_LEVEL: 'silent',
      ACCORD_LIMIT_ADDRESS: '0',
      ACCORD_LIMIT_KEY: '1000000',
      ACCORD_MAX_STALE: '0',
      ACCORD_POLL_INTERVAL: '86400',
      ACCORD_TRUST_PROXY: '10.0.0.0/8, ::1',
      ACCORD_WEBHOOKS: 'off',
      ACCORD_WEBHOOK_KEY: 'thirty-two-letters-and-no-fewer!',
      ACCORD_WEBHOOK_HTTP: 'on',
      ACCORD_WEBHOOK_NETWORKS: 'loopback, fd00::/8',
      METRICS_PORT: '9464',
    };
    expect(readConfig(env)).toEqual({
      port: 0,
      host: '::',
      databaseUrl: env.DATABASE_URL,
      listenUrl: env.ACCORD_LISTEN_URL,
      dataDir: '/srv/accord data',
      adminKey: 'sixteen-letters!',
      demo: false,
      logLevel: 'silent',
      limits: { address: 0, key: 1_000_000 },
      trustProxy: ['10.0.0.0/8', '::1'],
      polling: { mostStale: 0, pollInterval: 86_400 },
      webhooks: {
        sends: false,
        key: 'thirty-two-letters-and-no-fewer!',
        http: true,
        networks: ['loopback', 'fd00::/8'],
      },
      metrics: { port: 9_464, isChosen: true },
    });
  });

  test('that are empty are not set', () => {
    const names = [
      'PORT',
      'HOST',
      'DATABASE_URL',
      'ACCORD_LISTEN_URL',
      'ACCORD_DATA',
      'ACCORD_ADMIN_KEY',
      'ACCORD_DEMO',
      'LOG_LEVEL',
      'ACCORD_LIMIT_ADDRESS',
      'ACCORD_LIMIT_KEY',
      'ACCORD_MAX_STALE',
      'ACCORD_POLL_INTERVAL',
      'ACCORD_TRUST_PROXY',
      'ACCORD_WEBHOOKS',
      'ACCORD_WEBHOOK_KEY',
      'ACCORD_WEBHOOK_HTTP',
      'ACCORD_WEBHOOK_NETWORKS',
      'METRICS_PORT',
    ];
    for (const blank of ['', '  ']) {
      expect(readConfig(Object.fromEntries(names.map((name) => [name, blank])))).toEqual(
        readConfig({}),
      );
    }
  });

  test.each([
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '3000.5'],
    ['PORT', '0x10'],
    ['HOST', 'http://localhost'],
    ['HOST', 'two words'],
    ['DATABASE_URL', 'localhost:5432/accord'],
    ['DATABASE_URL', 'mysql://host/accord'],
    ['DATABASE_URL', 'postgresql://host:5432'],
    ['ACCORD_LISTEN_URL', 'localhost:5432/accord'],
    ['ACCORD_LISTEN_URL', 'postgresql://db:5432/accord'],
    ['ACCORD_ADMIN_KEY', 'fifteen-letters'],
    ['ACCORD_ADMIN_KEY', 'sixteen and a space'],
    ['ACCORD_ADMIN_KEY', 'sixteen-lettersé'],
    ['ACCORD_DEMO', 'false'],
    ['LOG_LEVEL', 'verbose'],
    ['ACCORD_LIMIT_ADDRESS', '-1'],
    ['ACCORD_LIMIT_ADDRESS', 'none'],
    ['ACCORD_LIMIT_KEY', '1000001'],
    ['ACCORD_MAX_STALE', '-1'],
    ['ACCORD_POLL_INTERVAL', '86401'],
    ['ACCORD_TRUST_PROXY', 'on'],
    ['ACCORD_TRUST_PROXY', '0'],
    ['ACCORD_TRUST_PROXY', '1'],
    ['ACCORD_TRUST_PROXY', '10.0.0.0/33'],
    ['ACCORD_TRUST_PROXY', '10.0.0.0/'],
    ['ACCORD_TRUST_PROXY', '10.0.0.1,proxy.example.org'],
    ['METRICS_PORT', '70000'],
    ['METRICS_PORT', 'none'],
  ])('refuse %s=%s by the name of the variable', (name, value) => {
    expect(() => readConfig({ [name]: value })).toThrow(new RegExp(`^${name} must be `));
  });

  test.each([
    ['off', []],
    ['loopback', ['loopback']],
    ['192.0.2.7, 2001:db8::/32', ['192.0.2.7', '2001:db8::/32']],
  ])('trust the proxies in ACCORD_TRUST_PROXY=%s', (value, trusted) => {
    expect(readConfig({ ACCORD_TRUST_PROXY: value }).trustProxy).toEqual(trusted);
  });

  test('serve no metrics with METRICS_PORT=off, and at any free port with 0', () => {
    expect(readConfig({ METRICS_PORT: 'off' }).metrics).toBeNull();
    expect(readConfig({ METRICS_PORT: '0' }).metrics).toEqual({ port: 0, isChosen: true });
  });

  test.each(['1', '4', '64'])('run %s services side by side', (count) => {
    expect(readInstances(count, readConfig({}))).toBe(Number(count));
  });

  test.each([undefined, '', '0', '65', '100', '-1', '2.5', 'four', '4 '])(
    'refuse to run %s services, and say how it is said',
    (count) => {
      expect(() => readInstances(count, readConfig({}))).toThrow(/from 1 to 64: npm run/);
    },
  );

  test('leave room for a metrics port of each service', () => {
    const config = readConfig({ METRICS_PORT: '65534' });
    expect(readInstances('2', config)).toBe(2);
    expect(() => readInstances('3', config)).toThrow(/^METRICS_PORT must be /);
    for (const value of ['0', 'off'])
      expect(readInstances('64', readConfig({ METRICS_PORT: value }))).toBe(64);
  });

  test('keep secrets out of the refusal', () => {
    expect(() => readConfig({ DATABASE_URL: 'mysql://me:hunter2@host/db' })).toThrow(
      /^((?!hunter2).)*$/,
    );
    expect(() => readConfig({ ACCORD_LISTEN_URL: 'postgresql://me:hunter2@host/db' })).toThrow(
      /^((?!hunter2).)*$/,
    );
    expect(() => readConfig({ ACCORD_ADMIN_KEY: 'hunter2' })).toThrow(/^((?!hunter2).)*$/);
  });
});
