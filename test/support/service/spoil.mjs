// Loaded into the service before its own code, to show that the soak can fail: with each request something is left behind.
import { openSync } from 'node:fs';
import { Server } from 'node:http';
import { performance } from 'node:perf_hooks';

const left = [];
let requests = 0;

const SPOILS = {
  memory: () => left.push(Buffer.alloc(10_000).toString('latin1')),
  files: () => requests % 10 === 0 && left.push(openSync('/dev/null')),
  // One in fifty takes longer and longer: in a run of one minute to a tenth of a second, of ten to half of one.
  delay: () => {
    if (requests % 50 !== 0) return;
    const until = performance.now() + Math.min(500, (requests / 1_000) ** 4);
    while (performance.now() < until);
  },
};

const spoil = SPOILS[process.env.ACCORD_SOAK_BREAK];
const { listen } = Server.prototype;
Server.prototype.listen = function (...args) {
  this.prependListener('request', () => {
    requests += 1;
    spoil();
  });
  return listen.apply(this, args);
};
