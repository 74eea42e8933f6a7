import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { Access } from '../../platform/auth/access.js';
import { answer, pathId, problems } from '../../platform/records/record.openapi.js';
import { readAsOf, type Parameters } from '../../platform/http/query.reader.js';
import { TallyService } from './tally.service.js';

const AS_OF = {
  name: 'asOf',
  required: false,
  description: 'The votes that counted then; a day or a month means its end.',
  schema: { type: 'string' },
} as const;

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
  @ApiQuery(AS_OF)
  @answer(200, 'The tally', 'Tally')
  @problems(400, 404, 410)
  async tally(@Param('id') id: string, @Query() query: Parameters): Promise<object> {
    return this.tallies.tallyOf(id, readAsOf(query));
  }

  /** Whether a motion has passed, for certain, and what would settle it. */
  @Get('motions/:id/result')
  @ApiTags('motions')
  @ApiOperation({ summary: 'Whether a motion has passed', operationId: 'result' })
  @pathId('motions')
  @ApiQuery(AS_OF)
  @answer(200, 'The result', 'Result')
  @problems(400, 404, 410)
  async result(@Param('id') id: string, @Query() query: Parameters): Promise<object> {
    return this.tallies.resultOf(id, readAsOf(query));
  }
}
