import { describe, expect, it } from '@jest/globals';
import { Prisma } from '../../generated/prisma/client.js';
import { readDatabaseError } from './database.errors.js';

/** As the adapter reports a failed raw query. */
const failed = (cause: object): Error => {
  const driverAdapterError = Object.assign(new Error('the driver failed', { cause }), {
    name: 'DriverAdapterError',
  });
  return new Prisma.PrismaClientKnownRequestError('Raw query failed.', {
    code: 'P2010',
    clientVersion: '7',
    meta: { driverAdapterError },
  });
};

describe('an error of the database', () => {
  it.each([
    'ConnectionClosed',
    'SocketTimeout',
    'DatabaseNotReachable',
    'TooManyConnections',
    'TransactionWriteConflict',
  ])('is an outage when the adapter says %s', (kind) => {
    expect(readDatabaseError(failed({ kind }))).toEqual({ kind: 'unavailable' });
  });

  it.each(['57P01', '57014', '53300', '55P03', '08006'])('is an outage in the state %s', (code) => {
    expect(readDatabaseError(failed({ kind: 'postgres', code, message: 'no' }))).toEqual({
      kind: 'unavailable',
    });
    expect(readDatabaseError(Object.assign(new Error('no'), { code }))).toEqual({
      kind: 'unavailable',
    });
  });

  it('names the constraint that refused, also in the words of a trigger', () => {
    const index = { code: '23505', constraint: 'people_slug_key' };
    expect(readDatabaseError(Object.assign(new Error('no'), index))).toEqual({
      kind: 'constraint',
      name: 'people_slug_key',
    });
    const trigger = new Error('record violates check constraint "factions_no_cycle"');
    expect(readDatabaseError(Object.assign(trigger, { code: '23514' }))).toEqual({
      kind: 'constraint',
      name: 'factions_no_cycle',
    });
  });

  it('is a bug of ours when a column is left empty that may not be', () => {
    const error = Object.assign(new Error('null value in column "name"'), { code: '23502' });
    expect(readDatabaseError(error)).toEqual({ kind: 'unknown' });
  });

  it('is a bug of ours when it is a syntax error, and none of the database’s when it is another', () => {
    const syntax = { kind: 'postgres', code: '42601', message: 'syntax error at or near "SELEC"' };
    expect(readDatabaseError(failed(syntax))).toEqual({ kind: 'unknown' });
    expect(readDatabaseError(new TypeError('connect is not a function'))).toBeNull();
  });
});
