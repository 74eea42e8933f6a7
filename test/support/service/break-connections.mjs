// Loaded into the service before its own code, to show that the test of its stop can fail: it breaks every connection at the
// first sign of the end, as a service would that closes before it has answered.
import { Server } from 'node:http';

const servers = new Set();
const { listen } = Server.prototype;
Server.prototype.listen = function (...args) {
  servers.add(this);
  return listen.apply(this, args);
};
process.on('SIGTERM', () => {
  for (const server of servers) server.closeAllConnections();
});
