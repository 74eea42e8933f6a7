// npm run start:cluster -- 4: as npm start, with several services behind one port.
import { fileURLToPath } from 'node:url';
import { launch } from './launch.mjs';
import { finish } from './project.mjs';

await finish(() => launch(fileURLToPath(import.meta.url), 'cluster.js'));
