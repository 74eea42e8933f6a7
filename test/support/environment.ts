/**
 * A whole number that a run may be given in the environment.
 *
 * @throws Error when it is none
 */
export function wholeFrom(variable: string, otherwise: number): number {
  const text = process.env[variable];
  if (text === undefined || text === '') return otherwise;
  if (!/^\d{1,9}$/.test(text))
    throw new Error(`${variable} must be a whole number, not "${text}".`);
  return Number(text);
}

/** Tells the reader of the terminal how a long run is getting on. */
export function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
