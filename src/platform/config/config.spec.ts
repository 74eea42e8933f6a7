import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readConfig } from './config.js';

describe('the settings', () => {
  test('all have a default', () => {
    expect(readConfig({})).toEqual({
      port: 3000,
      host: '127.0.0.1',
      databaseUrl: undefined,
      dataDir: resolve('data'),
      adminKey: undefined,
      demo: true,
      logLevel: 'info',
    });
  });

  test('are taken from the environment', () => {
    const env = {
      PORT: '0',
      HOST: '::',
      DATABASE_URL: 'postgresql://accord:secret@db:5432/accord?sslmode=require',
      ACCORD_DATA: '/srv/accord data',
      ACCORD_ADMIN_KEY: 'sixteen-letters!',
      ACCORD_DEMO: 'off',
      LOG_LEVEL: 'silent',
    };
    expect(readConfig(env)).toEqual({
      port: 0,
      host: '::',
      databaseUrl: env.DATABASE_URL,
      dataDir: '/srv/accord data',
      adminKey: 'sixteen-letters!',
      demo: false,
      logLevel: 'silent',
    });
  });

  test('that are empty are not set', () => {
    const names = [
      'PORT',
      'HOST',
      'DATABASE_URL',
      'ACCORD_DATA',
      'ACCORD_ADMIN_KEY',
      'ACCORD_DEMO',
      'LOG_LEVEL',
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
    ['ACCORD_ADMIN_KEY', 'fifteen-letters'],
    ['ACCORD_ADMIN_KEY', 'sixteen and a space'],
    ['ACCORD_ADMIN_KEY', 'sixteen-lettersé'],
    ['ACCORD_DEMO', 'false'],
    ['LOG_LEVEL', 'verbose'],
  ])('refuse %s=%s by the name of the variable', (name, value) => {
    expect(() => readConfig({ [name]: value })).toThrow(new RegExp(`^${name} must be `));
  });

  test('keep secrets out of the refusal', () => {
    expect(() => readConfig({ DATABASE_URL: 'mysql://me:hunter2@host/db' })).toThrow(
      /^((?!hunter2).)*$/,
    );
    expect(() => readConfig({ ACCORD_ADMIN_KEY: 'hunter2' })).toThrow(/^((?!hunter2).)*$/);
  });
});
