import { describe, expect, it } from '@jest/globals';
import { SnapshotStore } from './snapshot.store.js';
import { Snapshot } from './snapshot.js';

// Each takes 2,200 bytes: twice its body, and 2,000 more.
const answer = (scope: string | null = null): Snapshot =>
  new Snapshot({ scope, made: 1, span: null, instant: null }, 'x'.repeat(100), {
    tag: '"t"',
    headers: [],
    route: '/',
  });

describe('the store of answers', () => {
  it('lets those go first that nobody asked for, when there is no more room', () => {
    const store = new SnapshotStore(3 * 2_200);
    for (const address of ['/a', '/b', '/c']) {
      const kept = answer();
      kept.wasAsked = address === '/a';
      store.set(address, kept);
    }
    store.set('/d', answer());
    expect(['/a', '/b', '/c', '/d'].map((address) => store.get(address) !== undefined)).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });

  it('keeps within its room when all were asked for, and nothing that is larger than all of it', () => {
    const store = new SnapshotStore(2 * 2_200);
    for (let at = 0; at < 50; at += 1) store.set(`/${String(at)}`, answer());
    const kept = Array.from({ length: 50 }, (_, at) => store.get(`/${String(at)}`));
    expect(kept.filter((each) => each !== undefined)).toHaveLength(2);
    const small = new SnapshotStore(2_199);
    small.set('/a', answer());
    expect(small.get('/a')).toBeUndefined();
  });

  it('counts an answer once that takes the place of another', () => {
    const store = new SnapshotStore(2 * 2_200);
    for (let at = 0; at < 10; at += 1) store.set('/a', answer());
    store.set('/b', answer());
    expect([store.get('/a'), store.get('/b')].every((each) => each !== undefined)).toBe(true);
  });

  it('forgets what it is told to, and has room for others then', () => {
    const store = new SnapshotStore(2 * 2_200);
    store.set('/a', answer('one'));
    store.set('/b', answer('other'));
    store.forget(({ basis }) => basis.scope === 'one');
    expect([store.get('/a'), store.get('/b') !== undefined]).toEqual([undefined, true]);
    store.set('/c', answer());
    expect(store.get('/b')).toBeDefined();
  });
});
