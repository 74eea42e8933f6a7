/** What a look at one thing has come to. */
export interface Check {
  readonly name: string;
  readonly outcome: 'ok' | 'found' | 'skipped';
  /** What was looked at, or why it was not. */
  readonly detail: string;
  /** What is wrong, one line each. */
  readonly findings: readonly string[];
}

/** As many as anybody reads. */
const MOST_FINDINGS = 20;

/** What was looked at, with what is wrong there. */
export function checked(name: string, detail: string, findings: readonly string[]): Check {
  const more = findings.length - MOST_FINDINGS;
  return {
    name,
    outcome: findings.length === 0 ? 'ok' : 'found',
    detail,
    findings: [
      ...findings.slice(0, MOST_FINDINGS),
      ...(more > 0 ? [`and ${String(more)} more`] : []),
    ],
  };
}

/** What could not be looked at. */
export function skipped(name: string, detail: string): Check {
  return { name, outcome: 'skipped', detail, findings: [] };
}
