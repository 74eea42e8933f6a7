import { readConfig } from './platform/config/config.js';
import { prepareDatabase } from './start/beginnings.js';
import { openDatabase } from './start/database.js';
import { greet, listen, listenForMetrics, openApp, urlOf } from './start/instance.js';
import { live, type Stops } from './start/lifecycle.js';

/** One service, with its database. Ctrl-C or SIGTERM stop it. */
async function serve(stops: Stops): Promise<void> {
  const config = readConfig(process.env);
  const databaseUrl = await openDatabase(config, stops, 1);
  const app = await openApp(databaseUrl, config);
  stops.push(() => app.close());
  const path = await prepareDatabase(app, config);
  const metrics = await listenForMetrics(app, config, stops);
  const port = await listen(app, config);
  greet(urlOf(config.host, port), path, metrics);
}

await live(serve, ['SIGINT', 'SIGTERM']);
