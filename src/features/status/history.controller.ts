import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { HistoryPoint } from '../../domain/status-history.js';
import { Access } from '../../platform/auth/access.js';
import { CurrentView, type View } from '../../platform/auth/caller.js';
import {
  readBetween,
  readPagingBetween,
  type Parameters,
} from '../../platform/http/query.reader.js';
import { linkPage } from '../../platform/records/answers.js';
import type { Page } from '../../platform/records/page.js';
import { DescribePaging, answer, pathId, problems } from '../../platform/records/record.openapi.js';
import { DescribeBetween } from '../../platform/records/clocks.openapi.js';
import { DiffService, type AnsweredDiff } from './diff.service.js';
import { HistoryService } from './history.service.js';

/** How the status of a merger changed. */
@Controller('v1')
@Access('reader')
@ApiTags('status')
export class HistoryController {
  constructor(
    private readonly diffs: DiffService,
    private readonly histories: HistoryService,
  ) {}

  /** What changed between two times, by what was true or by what was recorded. */
  @Get('mergers/:id/status/diff')
  @ApiOperation({ summary: 'What changed between two times', operationId: 'statusDiff' })
  @pathId('mergers')
  @DescribeBetween({ isFromRequired: true })
  @answer(200, 'What changed', 'StatusDiff')
  @problems(400, 404, 410)
  async diff(
    @Param('id') id: string,
    @Query() query: Parameters,
    @CurrentView() view: View,
  ): Promise<AnsweredDiff> {
    return this.diffs.diffOf(id, readBetween(query), view);
  }

  /**
   * The points at which phase, progress, a stance or the forecast's shape changed, the earliest first; a page may hold
   * fewer points than its limit.
   */
  @Get('mergers/:id/status/history')
  @ApiOperation({ summary: 'The points at which the status changed', operationId: 'statusHistory' })
  @pathId('mergers')
  @DescribeBetween({ isFromRequired: false })
  @DescribePaging()
  @answer(200, 'A page', 'StatusHistoryPointList')
  @problems(400, 404, 410)
  async history(
    @Param('id') id: string,
    @Query() query: Parameters,
    @CurrentView() view: View,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<HistoryPoint>> {
    return linkPage(reply, await this.histories.historyOf(id, readPagingBetween(query), view));
  }
}
