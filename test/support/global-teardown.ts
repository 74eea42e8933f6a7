export { stopTestServer as default } from './server.js';
