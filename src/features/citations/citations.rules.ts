import { Problem } from '../../platform/errors/problem.js';
import type { Candidate, RuleContext } from '../../platform/records/record.definition.js';
import type { CitationBody } from './citations.dto.js';

/** Refuses a citation of a field that the cited kind of record does not have. */
export function requireKnownField(
  { definitions }: RuleContext,
  { body }: Candidate<CitationBody>,
): Promise<void> {
  const { field, recordType } = body;
  if (field === null) return Promise.resolve();
  const fields = definitions.get(recordType)?.fields ?? [];
  if (fields.some(({ name }) => name === field)) return Promise.resolve();
  const detail = `A record in /${recordType} has no field ${field}.`;
  throw new Problem('unknown_citation_field', detail, { errors: [{ pointer: '/field', detail }] });
}
