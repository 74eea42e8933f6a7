// npm run backup -- file: copies the embedded database into a file, also while the service runs.
import { fileURLToPath } from 'node:url';
import { launch } from './launch.mjs';
import { finish } from './project.mjs';

await finish(() => launch(fileURLToPath(import.meta.url), 'backup.js'));
