// npm start: installs, builds and runs the service, whatever of it is needed.
import { fileURLToPath } from 'node:url';
import { launch } from './launch.mjs';
import { finish } from './project.mjs';

await finish(() => launch(fileURLToPath(import.meta.url), 'main.js'));
