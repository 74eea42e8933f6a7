import type { Resolve } from './webhooks.settings.js';

/**
 * Finds addresses as `resolve` does, of one host once for all who ask meanwhile, and of few hosts at once: a look-up that gets no
 * answer holds one of the few threads of the process by which everything is looked up, the database too.
 */
export function shareLookups(resolve: Resolve, mostAtOnce: () => number): Resolve {
  const underWay = new Map<string, ReturnType<Resolve>>();
  const waiting: (() => void)[] = [];
  let busy = 0;

  const lookUp: Resolve = async (host) => {
    if (busy >= mostAtOnce()) {
      const turn = Promise.withResolvers<undefined>();
      waiting.push(() => {
        turn.resolve(undefined);
      });
      // It has the place of whoever was done.
      await turn.promise;
    } else {
      busy += 1;
    }
    try {
      return await resolve(host);
    } finally {
      const next = waiting.shift();
      if (next === undefined) busy -= 1;
      else next();
    }
  };

  return (host) => {
    const shared =
      underWay.get(host) ??
      lookUp(host).finally(() => {
        underWay.delete(host);
      });
    underWay.set(host, shared);
    return shared;
  };
}
