import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access } from '../../platform/auth/access.js';
import { CurrentView, type View } from '../../platform/auth/caller.js';
import { DescribeAsked, answer, pathId, problems } from '../../platform/records/record.openapi.js';
import { readAsked, type Parameters } from '../../platform/http/query.reader.js';
import { TallyService } from './tally.service.js';

/** What votes add up to. */
@Controller('v1')
@Access('reader')
export class TallyController {
  constructor(private readonly tallies: TallyService) {}

  /** The votes of one vote event, each option between two bounds. */
  @Get('vote-events/:id/tally')
  @ApiTags('vote-events')
  @ApiOperation({ summary: 'Count the votes', operationId: 'tally' })
  @pathId('vote-events')
  @DescribeAsked()
  @answer(200, 'The tally', 'Tally')
  @problems(400, 404, 410)
  async tally(
    @Param('id') id: string,
    @Query() query: Parameters,
    @CurrentView() view: View,
  ): Promise<object> {
    return this.tallies.tallyOf(id, readAsked(query), view);
  }

  /** Whether a motion has passed, for certain, and what would settle it. */
  @Get('motions/:id/result')
  @ApiTags('motions')
  @ApiOperation({ summary: 'Whether a motion has passed', operationId: 'result' })
  @pathId('motions')
  @DescribeAsked()
  @answer(200, 'The result', 'Result')
  @problems(400, 404, 410)
  async result(
    @Param('id') id: string,
    @Query() query: Parameters,
    @CurrentView() view: View,
  ): Promise<object> {
    return this.tallies.resultOf(id, readAsked(query), view);
  }
}
