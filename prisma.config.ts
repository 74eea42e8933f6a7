import { fileURLToPath } from 'node:url';
import { defineConfig } from 'prisma/config';

// Everybody runs the engine beside the schema: Prisma would download another one, and no two machines would be alike.
process.env['PRISMA_SCHEMA_ENGINE_BINARY'] = fileURLToPath(
  new URL('prisma/schema-engine.mjs', import.meta.url),
);
// The CLI asks for nothing and reports nothing over the network.
process.env['CHECKPOINT_DISABLE'] = '1';
process.env['PRISMA_HIDE_UPDATE_MESSAGE'] = '1';

const url = process.env['DATABASE_URL'];

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  ...(url === undefined || url === '' ? {} : { datasource: { url } }),
});
