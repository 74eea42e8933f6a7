import { keptPeople, orphanedRevisions, type Kept } from './kept.db.js';
import type { Writer } from './writer.js';

/** What the database has otherwise than the writers were told, in sentences. */
export async function comparedWith(
  databaseUrl: string,
  writers: readonly Writer[],
  prefix: string,
): Promise<readonly string[]> {
  const kept = await keptPeople(databaseUrl, prefix);
  const byName = Map.groupBy(kept, ({ name }) => name);
  const told = new Set(writers.flatMap(({ people }) => [...people.keys()]));
  const strangers = kept.filter(({ name }) => !told.has(name));
  const orphans = await orphanedRevisions(databaseUrl, prefix);
  return [
    ...writers.flatMap((writer) => faultsOf(writer, byName)),
    ...strangers.map(({ name }) => `${name} is there and was never acknowledged`),
    ...(orphans === 0 ? [] : [`there are ${String(orphans)} revisions of records that are gone`]),
  ];
}

function faultsOf(
  { name: edited, people, edits }: Writer,
  byName: ReadonlyMap<string, readonly Kept[]>,
): readonly string[] {
  return [...people].flatMap(([name, id]) => {
    const [one, ...more] = byName.get(name) ?? [];
    if (one === undefined) return [`${name} was acknowledged and is lost`];
    if (more.length > 0) return [`${name} is there ${String(more.length + 1)} times`];
    if (one.id !== id) return [`${name} was acknowledged with another id`];
    return historyFaults(one, name === edited ? edits : []);
  });
}

/** One revision made the record, and one each acknowledged edit, without a gap. */
function historyFaults(kept: Kept, edits: readonly string[]): readonly string[] {
  const expected = {
    version: edits.length + 1,
    versions: Array.from({ length: edits.length + 1 }, (_, at) => at + 1),
    operations: ['create', ...edits.map(() => 'update')],
    summaries: [null, ...edits],
  };
  return Object.entries(expected)
    .filter(([name, value]) => JSON.stringify(kept[name as keyof Kept]) !== JSON.stringify(value))
    .map(([name, value]) => {
      const has = JSON.stringify(kept[name as keyof Kept]);
      return `${kept.name} has the ${name} ${tail(has)} and should have ${tail(JSON.stringify(value))}`;
    });
}

function tail(text: string): string {
  return text.length > 300 ? `…${text.slice(-300)}` : text;
}
