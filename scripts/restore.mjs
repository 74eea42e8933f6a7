// npm run restore -- file: puts a backup of the embedded database into an ACCORD_DATA that has none.
import { fileURLToPath } from 'node:url';
import { launch } from './launch.mjs';
import { finish } from './project.mjs';

await finish(() => launch(fileURLToPath(import.meta.url), 'restore.js'));
