import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
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
  pathId,
  problems,
} from '../../platform/records/record.openapi.js';
import { PurgesService, type PurgeView } from './purges.service.js';

/** What was removed for good: by an admin, and every key holder may see that it was. */
@Controller('v1/purges')
@ApiTags('purges')
@ApiBearerAuth()
export class PurgesController {
  constructor(private readonly purges: PurgesService) {}

  /**
   * Removes a record for good, with its revisions and whatever was derived from it, and leaves a mark without a word of it.
   * Refused while any record names it, live or retracted. A merger goes with its announcement.
   */
  @Post()
  @Access('admin')
  @ApiOperation({ summary: 'Purge a record', operationId: 'createPurge' })
  @ApiHeader({
    name: 'X-Reason',
    required: true,
    description: 'Why; it stays, for key holders: do not repeat in it what is to be forgotten.',
  })
  @bodyIs('PurgeCreate')
  @answer(201, 'The mark that it leaves', 'Purge')
  @problems(400, 401, 403, 409, 413, 415, 422, 503)
  async create(
    @Body() body: unknown,
    @CurrentAuthor() author: Author,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PurgeView> {
    const purge = await this.purges.purge(body, author);
    void reply.header('location', `/v1/purges/${purge.id}`);
    return purge;
  }

  /** Lists what was purged, the earliest first. */
  @Get()
  @Access('editor')
  @ApiOperation({ summary: 'List purges', operationId: 'listPurges' })
  @DescribePaging()
  @answer(200, 'A page', 'PurgeList')
  @problems(400, 401, 403)
  async list(
    @Query() query: Parameters,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<PurgeView>> {
    return linkPage(reply, await this.purges.listPurges(readPaging(query)));
  }

  /** One purge. */
  @Get(':id')
  @Access('editor')
  @ApiOperation({ summary: 'Read a purge', operationId: 'readPurge' })
  @pathId('purges')
  @answer(200, 'The mark', 'Purge')
  @problems(401, 403, 404)
  async read(@Param('id') id: string): Promise<PurgeView> {
    return this.purges.readPurge(id);
  }
}
