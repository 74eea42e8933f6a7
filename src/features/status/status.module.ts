import { Module } from '@nestjs/common';
import { DiffService } from './diff.service.js';
import { HistoryController } from './history.controller.js';
import { HistoryService } from './history.service.js';
import { KeptSummaries } from './kept.summaries.js';
import { OpenStatusService } from './open.service.js';
import { StatusController } from './status.controller.js';
import { StatusService } from './status.service.js';

/** The computed status of mergers, how it changed, and their timelines. */
@Module({
  controllers: [StatusController, HistoryController],
  providers: [StatusService, OpenStatusService, KeptSummaries, DiffService, HistoryService],
})
export class StatusModule {}
