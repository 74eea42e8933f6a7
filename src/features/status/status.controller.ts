import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { StatusSummary } from '../../domain/status.js';
import type { TimelineEntry } from '../../domain/timeline.js';
import { Access } from '../../platform/auth/access.js';
import { CurrentView, type View } from '../../platform/auth/caller.js';
import { JSON_TYPE, linkPage } from '../../platform/records/answers.js';
import type { Page } from '../../platform/records/page.js';
import {
  DescribeAsked,
  DescribePaging,
  answer,
  pathId,
  problems,
} from '../../platform/records/record.openapi.js';
import { readAsked, readPagingAsked, type Parameters } from '../../platform/http/query.reader.js';
import { keep } from '../../platform/snapshots/keep.js';
import { OpenStatusService } from './open.service.js';
import { StatusService } from './status.service.js';

/** What newsrooms and dashboards ask all day. */
@Controller('v1')
@Access('reader')
@ApiTags('status')
export class StatusController {
  constructor(
    private readonly statuses: StatusService,
    private readonly mergers: OpenStatusService,
  ) {}

  /** How far a merger is from its announcement, and why. */
  @Get('mergers/:id/status')
  @ApiOperation({ summary: 'How far a merger is, and why', operationId: 'status' })
  @pathId('mergers')
  @DescribeAsked()
  @answer(200, 'The status', 'Status')
  @problems(400, 404, 410)
  async status(
    @Param('id') id: string,
    @Query() query: Parameters,
    @CurrentView() view: View,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const status = await this.statuses.statusOf(id, readAsked(query), view);
    void reply.header('content-type', JSON_TYPE).header('etag', `"${status.version}"`);
    if (status.keep) keep(reply, status.keep);
    return status.json;
  }

  /** How far every open merger is, in a few words. */
  @Get('status')
  @ApiOperation({ summary: 'How far every open merger is', operationId: 'openStatuses' })
  @DescribeAsked()
  @DescribePaging()
  @answer(200, 'A page', 'StatusSummaryList')
  @problems(400)
  async open(
    @Query() query: Parameters,
    @CurrentView() view: View,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<StatusSummary>> {
    const { keep: basis, ...page } = await this.mergers.openStatuses(readPagingAsked(query), view);
    if (basis) keep(reply, basis);
    return linkPage(reply, page);
  }

  /** What happened on the way, the earliest first. */
  @Get('mergers/:id/timeline')
  @ApiOperation({ summary: 'What happened on the way', operationId: 'timeline' })
  @pathId('mergers')
  @DescribeAsked()
  @DescribePaging()
  @answer(200, 'A page', 'TimelineEntryList')
  @problems(400, 404, 410)
  async timeline(
    @Param('id') id: string,
    @Query() query: Parameters,
    @CurrentView() view: View,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<TimelineEntry>> {
    const { keep: basis, ...page } = await this.statuses.timelineOf(
      id,
      readPagingAsked(query),
      view,
    );
    if (basis) keep(reply, basis);
    return linkPage(reply, page);
  }
}
