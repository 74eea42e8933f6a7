import { Logger } from '@nestjs/common';

/**
 * Work that is done again whenever somebody wakes it: one round at a time, and after the last waking always one more. A
 * round that fails is said once and tried again after a pause.
 */
export class Rounds {
  private readonly logger: Logger;
  private isRunning = false;
  private isWoken = false;
  private isFailing = false;
  private hasEnded = false;
  private running: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param name what is said to fail
   * @param pause how long to wait after a round that failed, in milliseconds
   */
  constructor(
    name: string,
    private readonly round: () => Promise<void>,
    private readonly pause: () => number,
  ) {
    this.logger = new Logger(name);
  }

  /** Has a round begin: now, or when the one that is under way is over. */
  wake(): void {
    if (this.hasEnded) return;
    this.isWoken = true;
    if (!this.isRunning) this.running = this.run();
  }

  /** No round begins any more. Over when the one that is under way is. */
  async stop(): Promise<void> {
    this.hasEnded = true;
    this.isWoken = false;
    clearTimeout(this.timer);
    await this.running;
  }

  private async run(): Promise<void> {
    clearTimeout(this.timer);
    this.isRunning = true;
    while (this.isWoken) {
      this.isWoken = false;
      try {
        await this.round();
        this.isFailing = false;
      } catch (error) {
        this.tryAgain(error);
        break;
      }
    }
    this.isRunning = false;
  }

  private tryAgain(error: unknown): void {
    if (!this.isFailing) this.logger.warn(error instanceof Error ? error.message : error);
    this.isFailing = true;
    if (this.hasEnded) return;
    this.timer = setTimeout(() => {
      this.wake();
    }, this.pause()).unref();
  }
}
