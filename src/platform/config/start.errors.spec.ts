import { describe, expect, test } from '@jest/globals';
import { databaseTrouble, folderTrouble, isTaken, listenTrouble } from './start.errors.js';

function systemError(code: string, message: string, path?: string): Error {
  return Object.assign(new Error(message), { code, ...(path === undefined ? {} : { path }) });
}

describe('what goes wrong at the start', () => {
  test('with the database names DATABASE_URL, in one line and without the password', () => {
    const refused = systemError('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:5999');
    expect(databaseTrouble('postgresql://me:hunter2@db:5999/accord', refused).message).toBe(
      'DATABASE_URL: the database db:5999/accord cannot be reached: connect ECONNREFUSED 127.0.0.1:5999',
    );
  });

  test('with each address of the database is told', () => {
    const both = new AggregateError([new Error('connect ::1'), new Error('connect\n127.0.0.1')]);
    const error = databaseTrouble(
      'postgresql://db/accord',
      Object.assign(both, { code: 'ECONNREFUSED' }),
    );
    expect(error.message).toMatch(/: connect ::1, connect 127\.0\.0\.1 \(ECONNREFUSED\)$/);
  });

  test.each([
    ['EEXIST', 'is not a folder'],
    ['EACCES', 'is not open to'],
    ['ENOSPC', 'cannot be used'],
  ])('with the folder (%s) names ACCORD_DATA', (code, finding) => {
    const error = folderTrouble('/data', systemError(code, `${code}: no`, '/data/x'));
    expect(String(error)).toContain(`ACCORD_DATA: /data ${finding}`);
  });

  test('beside the folder is told as it is', () => {
    const error = new Error('The database could not be made');
    expect(folderTrouble('/data', error)).toBe(error);
  });

  test.each([
    ['EADDRINUSE', 'PORT: 80 is taken on here'],
    ['EACCES', 'PORT: 80 is not for the user'],
    ['ENOTFOUND', 'HOST: here is no address of this machine'],
    ['EADDRNOTAVAIL', 'HOST: here is no address of this machine'],
  ])('with listening (%s) names the variable to blame', (code, finding) => {
    const error = listenTrouble({ host: 'here', port: 80 }, systemError(code, `listen ${code}`));
    expect(String(error)).toContain(finding);
  });

  test('with the port of the metrics names METRICS_PORT', () => {
    const taken = systemError('EADDRINUSE', 'listen EADDRINUSE');
    const place = { host: 'here', port: 9464, variable: 'METRICS_PORT' } as const;
    expect(isTaken(taken)).toBe(true);
    expect(isTaken(systemError('EACCES', 'listen EACCES'))).toBe(false);
    expect(String(listenTrouble(place, taken))).toContain('METRICS_PORT: 9464 is taken on here');
  });
});
