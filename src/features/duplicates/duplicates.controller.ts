import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Access } from '../../platform/auth/access.js';
import { CurrentAuthor, type Author } from '../../platform/auth/caller.js';
import { readPaging, type Parameters } from '../../platform/http/query.reader.js';
import { linkPage } from '../../platform/records/answers.js';
import type { Page } from '../../platform/records/page.js';
import {
  DescribePaging,
  answer,
  bodyIs,
  parameter,
  pathId,
  problems,
} from '../../platform/records/record.openapi.js';
import { DUPLICATES_OF } from './duplicates.dto.js';
import { DuplicatesService, type DecisionView } from './duplicates.service.js';
import type { PairView } from './duplicates.view.js';

/** Records that may be of one, for key holders: they may be held back. */
@Controller('v1/duplicates')
@Access('editor')
@ApiTags('duplicates')
@ApiBearerAuth()
export class DuplicatesController {
  constructor(private readonly duplicates: DuplicatesService) {}

  /** Lists pairs of records that may be of one, by their names in whatever spelling and script, the likeliest first. */
  @Get()
  @ApiOperation({ summary: 'List likely duplicates', operationId: 'listDuplicates' })
  @parameter('of', 'What is compared.', { words: DUPLICATES_OF, isRequired: true })
  @DescribePaging()
  @answer(200, 'A page', 'DuplicateList')
  @problems(400, 401, 403)
  async list(
    @Query() query: Parameters,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<PairView>> {
    return linkPage(reply, await this.duplicates.list(query));
  }

  /** Decides about a pair: `same` merges the two, which can be undone; `different` is remembered, and not asked about again. */
  @Post('decisions')
  @ApiOperation({ summary: 'Decide about a pair', operationId: 'createDuplicateDecision' })
  @ApiHeader({
    name: 'X-Reason',
    required: false,
    description: 'Why; needed for `same`, as for every merge.',
  })
  @bodyIs('DuplicateDecisionCreate')
  @answer(201, 'What was decided', 'DuplicateDecision')
  @problems(400, 401, 403, 404, 409, 410, 413, 415, 422, 503)
  async decide(
    @Body() body: unknown,
    @CurrentAuthor() author: Author,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DecisionView> {
    const decided = await this.duplicates.decide(body, author);
    const above = decided.decision === 'same' ? 'merges' : 'duplicates/decisions';
    void reply.header('location', `/v1/${above}/${decided.id}`);
    return decided;
  }

  /** Lists which pairs were said to be two, those that were taken back too. Two that are the same are among the merges. */
  @Get('decisions')
  @ApiOperation({ summary: 'List decisions', operationId: 'listDuplicateDecisions' })
  @DescribePaging()
  @answer(200, 'A page', 'DuplicateDecisionList')
  @problems(400, 401, 403)
  async listDecisions(
    @Query() query: Parameters,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<DecisionView>> {
    return linkPage(reply, await this.duplicates.listDecisions(readPaging(query)));
  }

  /** That two records are two. */
  @Get('decisions/:id')
  @ApiOperation({ summary: 'Read a decision', operationId: 'readDuplicateDecision' })
  @pathId('decisions')
  @answer(200, 'The decision', 'DuplicateDecision')
  @problems(401, 403, 404)
  async readDecision(@Param('id') id: string): Promise<DecisionView> {
    return this.duplicates.readDecision(id);
  }

  /** Takes back that two records are two: the pair is asked about again. */
  @Delete('decisions/:id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Take back a decision', operationId: 'takeBackDuplicateDecision' })
  @pathId('decisions')
  @ApiResponse({ status: 204, description: 'Taken back' })
  @problems(401, 403, 404, 503)
  async takeBack(@Param('id') id: string, @CurrentAuthor() author: Author): Promise<void> {
    await this.duplicates.takeBack(id, author);
  }
}
