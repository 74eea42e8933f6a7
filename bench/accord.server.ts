/** Accord as it is served, with the founding story, for the bench. */
import { tellFoundingStory } from '../prisma/seed.js';
import { createApp } from '../src/app.setup.js';
import { ensureAdminKey } from '../src/platform/auth/first.keys.js';
import { Database } from '../src/platform/prisma/database.js';
import { RecordsService } from '../src/platform/records/records.service.js';
import { serveAsChild } from './child.js';

export interface AccordSetup {
  readonly databaseUrl: string;
  readonly adminKey: string;
}

serveAsChild(async (setup) => {
  // As the bench declares where it starts this.
  const { databaseUrl, adminKey } = setup as AccordSetup;
  const app = await createApp({ databaseUrl, logLevel: 'warn' });
  await ensureAdminKey(app.get(Database), adminKey);
  await tellFoundingStory(app.get(RecordsService));
  await app.listen({ port: 0, host: '127.0.0.1' });
  return app.getUrl();
});
