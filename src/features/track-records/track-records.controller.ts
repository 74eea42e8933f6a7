import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Access } from '../../platform/auth/access.js';
import { CurrentView, type View } from '../../platform/auth/caller.js';
import { QueryReader, readAsked, type Parameters } from '../../platform/http/query.reader.js';
import { linkPage } from '../../platform/records/answers.js';
import type { Page } from '../../platform/records/page.js';
import {
  DescribeAsked,
  DescribePaging,
  answer,
  parameter,
  pathId,
  problems,
} from '../../platform/records/record.openapi.js';
import {
  TrackRecordsService,
  type PublisherTrackRecord,
  type SourceTrackRecord,
  type TrackRecordsAsked,
} from './track-records.service.js';

/** Who was right about when. */
@Controller('v1')
@Access('reader')
export class TrackRecordsController {
  constructor(private readonly trackRecords: TrackRecordsService) {}

  /** How the predictions came out that a source is cited for. */
  @Get('sources/:id/track-record')
  @ApiTags('sources')
  @ApiOperation({ summary: 'How right a source was', operationId: 'sourceTrackRecord' })
  @pathId('sources')
  @DescribeAsked()
  @answer(200, 'The track record', 'SourceTrackRecord')
  @problems(400, 404, 410)
  async ofSource(
    @Param('id') id: string,
    @Query() query: Parameters,
    @CurrentView() view: View,
  ): Promise<SourceTrackRecord> {
    return this.trackRecords.ofSource(id, readAsked(query), view);
  }

  /** How the predictions came out of each publisher that is cited for one, by name. */
  @Get('track-records')
  @ApiTags('sources')
  @ApiOperation({ summary: 'How right each publisher was', operationId: 'trackRecords' })
  @parameter('publisher', 'Only this one, in whatever case and spacing.')
  @DescribeAsked()
  @DescribePaging()
  @answer(200, 'A page', 'TrackRecordList')
  @problems(400)
  async ofPublishers(
    @Query() query: Parameters,
    @CurrentView() view: View,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<PublisherTrackRecord>> {
    const asked = readTrackRecordsAsked(query);
    return linkPage(reply, await this.trackRecords.ofPublishers(asked, view));
  }
}

function readTrackRecordsAsked(query: Parameters): TrackRecordsAsked {
  const reader = new QueryReader(query);
  const asked = {
    publisher: reader.take('publisher'),
    ...reader.takePaging(),
    ...reader.takeAsked(),
  };
  reader.finish();
  return asked;
}
