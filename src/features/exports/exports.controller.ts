import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RECORD_TYPES } from '../../domain/vocabulary.js';
import { Access } from '../../platform/auth/access.js';
import { CurrentView, type KnownRequest, type View } from '../../platform/auth/caller.js';
import type { Parameters } from '../../platform/http/query.reader.js';
import { beginAnswer } from '../../platform/http/streamed.answer.js';
import { DescribeAsked, parameter, problems } from '../../platform/records/record.openapi.js';
import { Makings } from '../../platform/snapshots/makings.js';
import { EXPORT_FORMATS } from './export.query.js';
import { ExportsService } from './exports.service.js';

const text = (description: string): object => ({ schema: { type: 'string', description } });

/** All records as a file. */
@Controller('v1/export')
@ApiTags('export')
export class ExportsController {
  constructor(
    private readonly exports: ExportsService,
    private readonly makings: Makings,
  ) {}

  /** All records that the caller may see, as a file: of one moment, however long it takes. */
  @Get()
  @Access('reader')
  @ApiOperation({ summary: 'All records as a file', operationId: 'export' })
  @parameter('format', 'Popolo 1.0.1; our own records, one a line; or a table of one resource.', {
    words: EXPORT_FORMATS,
    isRequired: true,
  })
  @parameter('resource', 'Which resource; with `csv`, and only there.', { words: RECORD_TYPES })
  @DescribeAsked()
  @ApiResponse({
    status: 200,
    description: 'The file',
    headers: {
      'Content-Disposition': {
        required: true,
        description: 'The name of the file.',
        schema: { type: 'string' },
      },
    },
    content: {
      'application/json': { schema: { $ref: '#/components/schemas/Popolo' } },
      'application/x-ndjson': text(
        'A record a line, `recordType` and its fields, each after those that it names.',
      ),
      'text/csv': text(
        'A line for each record below one with the names of the fields (RFC 4180). Lists and objects are JSON; an apostrophe guards what looks like a formula.',
      ),
    },
  })
  @problems(400, 503)
  async export(
    @Query() query: Parameters,
    @CurrentView() view: View,
    @Req() request: KnownRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    // This is no answer that others could wait for.
    this.makings.end(request.raw, undefined);
    const isReader = (request.caller?.role ?? 'reader') === 'reader';
    const asking = { query, view, isReader, isHead: request.method === 'HEAD' };
    await this.exports.send(asking, (headers) => beginAnswer(reply, headers));
  }
}
