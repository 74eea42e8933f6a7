// Loaded into the service before its own code: it tells its memory when it is asked, and ends when its test is gone.
process.on('message', () => {
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  process.send?.({ rss, heapUsed });
});
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
