/** Prints the OpenAPI document: `openapi.json` is its output, and CI compares the two. Asks no database. */
import { createApp, describe } from './app.setup.js';

const app = await createApp({ databaseUrl: 'postgresql://127.0.0.1:1/none' });
process.stdout.write(`${JSON.stringify(describe(app), null, 2)}\n`);
await app.close();
