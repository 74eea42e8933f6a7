import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Access } from '../../platform/auth/access.js';
import { CurrentView, type View } from '../../platform/auth/caller.js';
import type { Parameters } from '../../platform/http/query.reader.js';
import { linkNext } from '../../platform/records/answers.js';
import {
  DescribeLimit,
  answer,
  parameter,
  problems,
} from '../../platform/records/record.openapi.js';
import { DescribeMergerIds } from './changes.openapi.js';
import { ChangesService, type ChangePage } from './changes.service.js';

/** The feed of all changes. */
@Controller('v1/changes')
@ApiTags('changes')
export class ChangesController {
  constructor(private readonly changes: ChangesService) {}

  /** Every change of every record, each once, in the order in which they were seen to be committed. */
  @Get()
  @Access('reader')
  @ApiOperation({ summary: 'Every change of every record', operationId: 'listChanges' })
  @parameter(
    'after',
    'The `page.next` of the page before; `latest` for none of what has been, only where to ask again. Left out, from the beginning.',
  )
  @DescribeMergerIds()
  @DescribeLimit()
  @answer(200, 'A page', 'ChangeList')
  @problems(400)
  async list(
    @Query() query: Parameters,
    @CurrentView() view: View,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Omit<ChangePage, 'hasMore'>> {
    const { hasMore, ...page } = await this.changes.pageOf(query, view);
    if (hasMore) linkNext(reply, page.page.next, 'after');
    return page;
  }
}
