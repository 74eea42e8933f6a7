/** The story is told report by report, each on the day on which it appeared. */
import type { RecordType } from '../../src/domain/vocabulary.js';
import type { Together } from '../../src/platform/records/records.service.js';

type Fields = Readonly<Record<string, unknown>>;

/** What is told on the strength of one report. */
export interface Report {
  readonly sourceId: string;
  /** Stores a record and cites the report for it; `above` is what its nested path would give. */
  readonly tell: (type: RecordType, fields: Fields, above?: Fields) => Promise<string>;
  /** Cites the report for a record. */
  readonly cite: (recordType: RecordType, recordId: string, more?: Fields) => Promise<void>;
}

/** How a report names those from whom it has it: sources without a name. */
export const UNNAMED = { speakerLabel: 'sources', onRecord: false };

/**
 * A report appears: what follows is recorded at that instant.
 *
 * @param published the instant, ISO; its day is the day of publication
 * @param voice what each citation of it says of who speaks
 */
export async function publish(
  together: Together,
  published: string,
  source: Fields,
  voice: Fields = {},
): Promise<Report> {
  await together.recordedAt(published);
  const sourceId = await together.create('sources', {
    kind: 'article',
    language: 'en',
    publishedOn: published.slice(0, 10),
    ...source,
  });
  const cite: Report['cite'] = async (recordType, recordId, more = {}) => {
    await together.create('citations', { sourceId, recordType, recordId, ...voice, ...more });
  };
  return {
    sourceId,
    cite,
    tell: async (type, fields, above = {}) => {
      const id = await together.create(type, fields, above);
      await cite(type, id);
      return id;
    },
  };
}
