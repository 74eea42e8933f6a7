/** The address of the status of a merger. */
export function mergerPath(merger: string): string {
  return `/v1/mergers/${merger}/status`;
}
