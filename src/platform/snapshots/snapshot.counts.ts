import type { Metrics } from '../metrics/metrics.js';
import type { Tally } from '../metrics/tallies.js';
import type { SnapshotCounts } from './serve.snapshots.js';

/** Counts in the metrics, where what is given again is also an answer like any other. */
export function countIn(metrics: Metrics): SnapshotCounts {
  const tallies = {
    GET: new Map<string, Map<number, Tally>>(),
    HEAD: new Map<string, Map<number, Tally>>(),
  };
  return {
    hit: () => {
      metrics.snapshotHit();
    },
    given: (route, method, status) => {
      let byStatus = tallies[method].get(route);
      if (byStatus === undefined) tallies[method].set(route, (byStatus = new Map<number, Tally>()));
      let tally = byStatus.get(status);
      if (tally === undefined)
        byStatus.set(status, (tally = metrics.tallyOf({ method, route, status })));
      tally.add();
    },
    miss: () => {
      metrics.snapshotMiss();
    },
    stale: () => {
      metrics.snapshotStale();
    },
  };
}
