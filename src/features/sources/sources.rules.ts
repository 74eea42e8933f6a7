import { Problem } from '../../platform/errors/problem.js';
import type { Candidate, RuleContext } from '../../platform/records/record.definition.js';
import type { SourceBody } from './sources.dto.js';

/** Refuses a confidential source: every record is public so far, and a secret that is taken must be kept. */
export function refuseSecrets(_: RuleContext, { body }: Candidate<SourceBody>): Promise<void> {
  if (!body.confidential) return Promise.resolve();
  const detail = 'Every record is public so far: do not enter a confidential source.';
  throw new Problem('not_kept_yet', detail, { errors: [{ pointer: '/confidential', detail }] });
}
