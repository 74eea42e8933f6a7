import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { StatusSummary } from '../../domain/status.js';
import type { TimelineEntry } from '../../domain/timeline.js';
import { Access } from '../../platform/auth/access.js';
import { linkNext } from '../../platform/records/answers.js';
import { DescribePaging, answer, pathId, problems } from '../../platform/records/record.openapi.js';
import { readAsOf, readPagingAsOf, type Parameters } from '../../platform/http/query.reader.js';
import { StatusService, type AnsweredStatus, type Page } from './status.service.js';

const AS_OF = {
  name: 'asOf',
  required: false,
  description: 'What was true in the world then; a day or a month means its end.',
  schema: { type: 'string' },
} as const;

/** What newsrooms and dashboards ask all day. */
@Controller('v1')
@Access('reader')
@ApiTags('status')
export class StatusController {
  constructor(private readonly statuses: StatusService) {}

  /** How far a merger is from its announcement, and why. */
  @Get('mergers/:id/status')
  @ApiOperation({ summary: 'How far a merger is, and why', operationId: 'status' })
  @pathId('mergers')
  @ApiQuery(AS_OF)
  @answer(200, 'The status', 'Status')
  @problems(400, 404, 410)
  async status(
    @Param('id') id: string,
    @Query() query: Parameters,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AnsweredStatus> {
    const status = await this.statuses.statusOf(id, readAsOf(query));
    void reply.header('etag', `"${status.version}"`);
    return status;
  }

  /** How far every open merger is, in a few words. */
  @Get('status')
  @ApiOperation({ summary: 'How far every open merger is', operationId: 'openStatuses' })
  @ApiQuery(AS_OF)
  @DescribePaging()
  @answer(200, 'A page', 'StatusSummaryList')
  @problems(400)
  async open(
    @Query() query: Parameters,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<StatusSummary>> {
    const { asOf, ...paging } = readPagingAsOf(query);
    return linked(reply, await this.statuses.openStatuses(asOf, paging));
  }

  /** What happened on the way, the earliest first. */
  @Get('mergers/:id/timeline')
  @ApiOperation({ summary: 'What happened on the way', operationId: 'timeline' })
  @pathId('mergers')
  @ApiQuery(AS_OF)
  @DescribePaging()
  @answer(200, 'A page', 'TimelineEntryList')
  @problems(400, 404, 410)
  async timeline(
    @Param('id') id: string,
    @Query() query: Parameters,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<TimelineEntry>> {
    const { asOf, ...paging } = readPagingAsOf(query);
    return linked(reply, await this.statuses.timelineOf(id, asOf, paging));
  }
}

function linked<Item>(reply: FastifyReply, page: Page<Item>): Page<Item> {
  if (page.page.next !== null) linkNext(reply, page.page.next);
  return page;
}
