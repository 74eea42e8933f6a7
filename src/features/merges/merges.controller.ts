import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Access } from '../../platform/auth/access.js';
import { CurrentAuthor, CurrentEdit, type Author, type Edit } from '../../platform/auth/caller.js';
import { linkPage } from '../../platform/records/answers.js';
import type { Page } from '../../platform/records/page.js';
import {
  DescribePaging,
  IfMatch,
  answer,
  bodyIs,
  parameter,
  pathId,
  problems,
} from '../../platform/records/record.openapi.js';
import type { Parameters } from '../../platform/http/query.reader.js';
import { MergesService } from './merges.service.js';
import type { MergeView } from './merge.view.js';

const Reason = ApiHeader({
  name: 'X-Reason',
  required: true,
  description: 'Why; kept in the revisions.',
});

/** Merges, for key holders: they name what may be held back. */
@Controller('v1')
@Access('editor')
@ApiTags('merges')
@ApiBearerAuth()
export class MergesController {
  constructor(private readonly merges: MergesService) {}

  /** Makes two records of one person one: what names the duplicate names this one from then on. */
  @Post('people/:id/merges')
  @ApiOperation({ summary: 'Merge a person into this one', operationId: 'mergePeople' })
  @pathId('people')
  @IfMatch
  @Reason
  @bodyIs('MergeCreate')
  @answer(201, 'The merge', 'Merge')
  @problems(400, 401, 403, 404, 409, 410, 412, 413, 415, 422, 428, 503)
  async mergePeople(
    @Param('id') key: string,
    @Body() body: unknown,
    @CurrentEdit() edit: Edit,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MergeView> {
    return located(reply, await this.merges.merge({ type: 'people', key }, body, edit));
  }

  /** Makes two records of one faction one: what names the duplicate names this one from then on. */
  @Post('factions/:id/merges')
  @ApiOperation({ summary: 'Merge a faction into this one', operationId: 'mergeFactions' })
  @pathId('factions')
  @IfMatch
  @Reason
  @bodyIs('MergeCreate')
  @answer(201, 'The merge', 'Merge')
  @problems(400, 401, 403, 404, 409, 410, 412, 413, 415, 422, 428, 503)
  async mergeFactions(
    @Param('id') key: string,
    @Body() body: unknown,
    @CurrentEdit() edit: Edit,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MergeView> {
    return located(reply, await this.merges.merge({ type: 'factions', key }, body, edit));
  }

  /** Lists all merges, undone ones too. */
  @Get('merges')
  @ApiOperation({ summary: 'List merges', operationId: 'listMerges' })
  @parameter('recordType', '`people` or `factions`.')
  @parameter('keptId', 'Only those into this record; several are parted by commas.')
  @parameter('duplicateId', 'Only those of this record; several are parted by commas.')
  @parameter('undone', 'Whether it was undone: `true` or `false`.')
  @DescribePaging()
  @answer(200, 'A page', 'MergeList')
  @problems(400, 401, 403)
  async list(
    @Query() query: Parameters,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<MergeView>> {
    return linkPage(reply, await this.merges.list(query));
  }

  /** One merge, undone or not. */
  @Get('merges/:id')
  @ApiOperation({ summary: 'Read a merge', operationId: 'readMerge' })
  @pathId('merges')
  @answer(200, 'The merge', 'Merge')
  @problems(401, 403, 404)
  async read(@Param('id') id: string): Promise<MergeView> {
    return this.merges.read(id);
  }

  /** Undoes a merge: the duplicate comes back, and what moved and still names the kept record goes back to it. */
  @Delete('merges/:id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Undo a merge', operationId: 'undoMerge' })
  @pathId('merges')
  @Reason
  @ApiResponse({ status: 204, description: 'Undone' })
  @problems(400, 401, 403, 404, 409, 410, 503)
  async undo(@Param('id') id: string, @CurrentAuthor() author: Author): Promise<void> {
    await this.merges.undo(id, author);
  }
}

function located(reply: FastifyReply, merge: MergeView): MergeView {
  void reply.header('location', `/v1/merges/${merge.id}`);
  return merge;
}
