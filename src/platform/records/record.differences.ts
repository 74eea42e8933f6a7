import { isDeepStrictEqual } from 'node:util';
import { mergePatch } from './record.body.js';
import type { RecordDefinition } from './record.definition.js';

type Body = Readonly<Record<string, unknown>>;

/** A field that was changed behind the caller's back; `yours` is there when the caller wanted to change it too. */
export interface Difference {
  readonly pointer: string;
  readonly base: unknown;
  readonly theirs: unknown;
  readonly yours?: unknown;
}

/** The fields in which the record differs from what the caller saw. */
export function differences(
  definition: RecordDefinition,
  base: Body,
  theirs: Body,
  sent: unknown,
): Difference[] {
  const patch = Object(sent ?? {}) as Body;
  return definition.fields
    .filter(({ name }) => !isDeepStrictEqual(base[name], theirs[name]))
    .map(({ name, fallback }) => ({
      pointer: `/${name}`,
      base: base[name],
      theirs: theirs[name],
      ...(name in patch
        ? { yours: patch[name] === null ? fallback : mergePatch(base[name], patch[name]) }
        : {}),
    }));
}
