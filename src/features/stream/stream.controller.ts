import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Access } from '../../platform/auth/access.js';
import { CurrentView, type View } from '../../platform/auth/caller.js';
import type { Parameters } from '../../platform/http/query.reader.js';
import { parameter, problems } from '../../platform/records/record.openapi.js';
import { Makings } from '../../platform/snapshots/makings.js';
import { beginStream } from './stream.response.js';
import { DescribeMergerIds } from '../changes/changes.module.js';
import { StreamService } from './stream.service.js';

/** The feed of all changes, as they happen. */
@Controller('v1/stream')
@ApiTags('changes')
export class StreamController {
  constructor(
    private readonly streams: StreamService,
    private readonly makings: Makings,
  ) {}

  /** Every change as it is committed: the feed as server-sent events, each once and in the feed's order. */
  @Get()
  @Access('reader')
  @ApiOperation({ summary: 'Every change as it happens', operationId: 'streamChanges' })
  @DescribeMergerIds()
  @parameter(
    'lastEventId',
    'For those who cannot send the header Last-Event-ID, which counts more: after which event to begin. The `page.next` of the feed will do, and the other way round. Left out, from now on.',
  )
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'The id of the last event that was seen; browsers send it by themselves.',
    schema: { type: 'string' },
  })
  @ApiResponse({
    status: 200,
    description: 'Server-sent events, without an end',
    content: {
      'text/event-stream': {
        schema: {
          type: 'string',
          description:
            'Events `change`: `data` is a Change in JSON, `id` a cursor of the feed. A comment every 15 s says that all is well.',
        },
      },
    },
  })
  @problems(400, 503)
  async follow(
    @Query() query: Parameters,
    @CurrentView() view: View,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    // This is no answer that others could wait for.
    this.makings.end(request.raw, undefined);
    const lastEventId = request.headers['last-event-id'];
    const asked = { query, view, lastEventId: lastEventId?.toString() };
    await this.streams.open(asked, (bytes) => beginStream(reply, bytes));
  }
}
