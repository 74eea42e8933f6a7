// Loaded into the service before its own code: it tells its memory and the delay of its event loop when it is asked, and ends
// when its test is gone.
import { monitorEventLoopDelay } from 'node:perf_hooks';

// In milliseconds; what is measured has it in it.
const RESOLUTION = 10;

const delays = monitorEventLoopDelay({ resolution: RESOLUTION });
delays.enable();

process.on('message', (question) => {
  if (question === 'delay') {
    const [usual, long] = [50, 99].map((share) => delays.percentile(share) / 1e6 - RESOLUTION);
    process.send?.({ usual: Math.max(0, usual), long: Math.max(0, long) });
    return;
  }
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  process.send?.({ rss, heapUsed });
  // What the collection took is no delay of the service's.
  setTimeout(() => delays.reset(), 2 * RESOLUTION).unref();
});
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
