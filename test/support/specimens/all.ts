import { groups } from './groups.js';
import type { Specimen } from './specimen.js';
import { statements } from './statements.js';
import { steps } from './steps.js';

/** An example of every record of the design; a test asks that none is missing. */
export const specimens: readonly Specimen[] = [...groups, ...steps, ...statements];
