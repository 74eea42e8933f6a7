/** Has no name lead anywhere: what a test makes up must not be sent to somebody. */
import { syncBuiltinESMExports } from 'node:module';
import dns from 'node:dns/promises';

dns.lookup = () => Promise.reject(new Error('no name leads anywhere here'));
syncBuiltinESMExports();
