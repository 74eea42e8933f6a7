import cluster from 'node:cluster';
import { fileURLToPath } from 'node:url';
import { readConfig, readInstances } from './platform/config/config.js';
import { prepareDatabase } from './start/beginnings.js';
import { openDatabase } from './start/database.js';
import { greet, listen, listenForMetrics, openApp, urlOf } from './start/instance.js';
import { live, type Stops } from './start/lifecycle.js';
import { Workers } from './start/workers.js';

/** Shorter than the primary waits for it, in milliseconds. */
const LONGEST_STOP_OF_A_WORKER = 8_500;

/** Several services behind one port: the database and what is first in it, and then the workers. */
async function serveAll(stops: Stops): Promise<void> {
  const config = readConfig(process.env);
  const count = readInstances(process.argv[2], config);
  const databaseUrl = await openDatabase(config, stops, count);
  const app = await openApp(databaseUrl, config);
  const path = await prepareDatabase(app, config).finally(() => app.close());
  const workers = new Workers({ file: fileURLToPath(import.meta.url), count, databaseUrl });
  stops.push(() => workers.stop());
  const port = await workers.start();
  greet(urlOf(config.host, port), path, null);
}

/** One of them, with a number from 1 on, on a database that is ready. */
async function serveOne(stops: Stops): Promise<void> {
  const config = readConfig(process.env);
  const app = await openApp(config.databaseUrl ?? '', config);
  stops.push(() => app.close());
  const number = Number(process.argv[2]);
  const metrics = await listenForMetrics(app, config, stops, number - 1);
  if (metrics !== null) console.log(`Service ${String(number)} tells its metrics at ${metrics}`);
  await listen(app, config);
}

if (cluster.isPrimary) await live(serveAll, ['SIGINT', 'SIGTERM']);
else {
  // Ctrl-C reaches every process of the terminal: the primary has the others stop.
  process.on('SIGINT', () => undefined);
  await live(serveOne, ['SIGTERM'], LONGEST_STOP_OF_A_WORKER);
}
