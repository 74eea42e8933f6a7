// npm run db:migrate -- --name what_it_does: writes the migration that leads to the changed schema, for you to edit.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { prepare } from './install.mjs';
import { finish, root } from './project.mjs';
import { withScratchDatabase } from './scratch.mjs';

await finish(async () => {
  await prepare(fileURLToPath(import.meta.url));
  await withScratchDatabase(async (env) => {
    const verb = ['migrate', 'dev', '--create-only', ...process.argv.slice(2)];
    // In the terminal: Prisma asks before it writes what would lose data.
    const prisma = spawn('prisma', verb, { cwd: root, env, stdio: 'inherit' });
    [process.exitCode] = await once(prisma, 'exit');
  });
});
