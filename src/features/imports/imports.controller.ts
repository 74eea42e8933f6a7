import { Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiConsumes,
  ApiHeader,
  ApiOperation,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';
import { RECORD_TYPES } from '../../domain/vocabulary.js';
import { Access } from '../../platform/auth/access.js';
import { CurrentAuthor, type Author, type KnownRequest } from '../../platform/auth/caller.js';
import type { Parameters } from '../../platform/http/query.reader.js';
import { STREAMED } from '../../platform/http/streamed.bodies.js';
import { linkPage } from '../../platform/records/answers.js';
import type { Page } from '../../platform/records/page.js';
import {
  DescribePaging,
  answer,
  parameter,
  pathId,
  problems,
} from '../../platform/records/record.openapi.js';
import { IMPORT_FORMATS, OUTCOMES } from './import.rows.js';
import type { ImportView, KeptRow } from './import.view.js';
import { ImportsService } from './imports.service.js';

const flag = (name: string, description: string): MethodDecorator =>
  parameter(name, description, { words: ['true', 'false'] });

/** Imports, for key holders: they name what may be held back. */
@Controller('v1/imports')
@Access('editor')
@ApiTags('imports')
@ApiBearerAuth()
export class ImportsController {
  constructor(private readonly imports: ImportsService) {}

  /** Takes a file of any size. When it is answered the file is here; what becomes of it is told at its address. */
  @Post()
  @HttpCode(202)
  @RouteConfig(STREAMED)
  @ApiOperation({ summary: 'Import a file', operationId: 'createImport' })
  @parameter('format', 'What the file is.', { words: IMPORT_FORMATS, isRequired: true })
  @parameter('resource', 'Of a CSV: the kind of record in it.', { words: RECORD_TYPES })
  @flag('dryRun', 'Whether to tell only what would happen; `false` unless given.')
  @flag('atomic', 'Whether nothing is stored when a row is refused; `true` unless given.')
  @flag('cite', 'Whether what is stored cites a source; `true` unless given.')
  @parameter('sourceId', 'The source that is cited; left out, one is made when it is needed.')
  @parameter('title', 'The title of the import, and of the source that is made.')
  @parameter(
    'scheme',
    'Whose file it is. Required for Popolo: what its ids are called among the identifiers, and its extras.',
  )
  @ApiHeader({
    name: 'Content-Encoding',
    required: false,
    description: '`gzip`, when the file is packed.',
  })
  @ApiConsumes('application/octet-stream')
  @ApiBody({ required: true, schema: { type: 'string', format: 'binary' } })
  @ApiResponse({
    status: 202,
    description: 'The import',
    headers: { Location: { $ref: '#/components/headers/Location' } },
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Import' } } },
  })
  @problems(400, 401, 403, 415, 422, 503)
  async create(
    @Query() query: Parameters,
    @CurrentAuthor() author: Author,
    @Req() request: KnownRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ImportView> {
    const file = {
      body: request.streamed ?? Readable.from([]),
      encoding: request.headers['content-encoding'],
    };
    const view = await this.imports.receive(query, file, author);
    void reply.header('location', `/v1/imports/${view.id}`);
    return view;
  }

  /** Lists imports, the newest first. */
  @Get()
  @ApiOperation({ summary: 'List imports', operationId: 'listImports' })
  @DescribePaging()
  @answer(200, 'A page', 'ImportList')
  @problems(400, 401, 403)
  async list(
    @Query() query: Parameters,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<ImportView>> {
    return linkPage(reply, await this.imports.list(query));
  }

  /** One import: how far it is, and what became of it. */
  @Get(':id')
  @ApiOperation({ summary: 'Read an import', operationId: 'readImport' })
  @pathId('imports')
  @answer(200, 'The import', 'Import')
  @problems(401, 403, 404)
  async read(@Param('id') id: string): Promise<ImportView> {
    return this.imports.read(id);
  }

  /** Lists what became of the rows of an import, in the order of the file. */
  @Get(':id/rows')
  @ApiOperation({ summary: 'List the rows of an import', operationId: 'listImportRows' })
  @pathId('imports')
  @parameter('outcome', 'Only those of this outcome.', { words: OUTCOMES })
  @DescribePaging()
  @answer(200, 'A page', 'ImportRowList')
  @problems(400, 401, 403, 404)
  async rows(
    @Param('id') id: string,
    @Query() query: Parameters,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<Omit<KeptRow, 'nth'>>> {
    return linkPage(reply, await this.imports.rows(id, query));
  }
}
