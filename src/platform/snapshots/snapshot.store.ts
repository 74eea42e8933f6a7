import type { Snapshot } from './snapshot.js';

/** In bytes: some thousand statuses, and pages of lists. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Kept answers by address, so many as there is room for: those that nobody asks for go first. */
export class SnapshotStore {
  private readonly answers = new Map<string, Snapshot>();
  private bytes = 0;

  constructor(private readonly mostBytes: number = MOST_BYTES) {}

  get(address: string): Snapshot | undefined {
    return this.answers.get(address);
  }

  set(address: string, answer: Snapshot): void {
    this.delete(address);
    if (answer.size > this.mostBytes) return;
    this.answers.set(address, answer);
    this.bytes += answer.size;
    while (this.bytes > this.mostBytes) this.passOver();
  }

  delete(address: string): void {
    const answer = this.answers.get(address);
    if (answer === undefined) return;
    this.bytes -= answer.size;
    this.answers.delete(address);
  }

  /** Forgets those of which something is so. */
  forget(isSo: (answer: Snapshot) => boolean): void {
    for (const [address, answer] of this.answers) if (isSo(answer)) this.delete(address);
  }

  /** Looks at the one that stands first: it goes, or gets to the end if it was asked for since. */
  private passOver(): void {
    const [first] = this.answers;
    if (first === undefined) return;
    const [address, answer] = first;
    this.answers.delete(address);
    if (answer.wasAsked) {
      answer.wasAsked = false;
      this.answers.set(address, answer);
    } else {
      this.bytes -= answer.size;
    }
  }
}
