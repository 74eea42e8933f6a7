import { Injectable } from '@nestjs/common';
import { Problem } from '../errors/problem.js';
import { Database } from '../prisma/database.js';

/** Whether what the service needs is there. */
@Injectable()
export class HealthService {
  constructor(private readonly database: Database) {}

  /**
   * Asks the database for an answer.
   *
   * @throws Problem `unavailable`
   */
  async requireDatabase(): Promise<void> {
    try {
      await this.database.ping();
    } catch {
      throw new Problem('unavailable', 'The database does not answer.');
    }
  }
}
