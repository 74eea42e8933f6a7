import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Access } from '../../platform/auth/access.js';
import { CurrentAuthor, type Author } from '../../platform/auth/caller.js';
import { bodyOf } from '../../platform/records/record.body.js';
import { linkPage } from '../../platform/records/answers.js';
import type { Page } from '../../platform/records/page.js';
import {
  DescribePaging,
  answer,
  bodyIs,
  pathId,
  problems,
} from '../../platform/records/record.openapi.js';
import { readPaging, type Parameters } from '../../platform/http/query.reader.js';
import { KeyBody } from './keys.dto.js';
import { KeysService, type KeyView } from './keys.service.js';

/** The keys of writers; for admins only. */
@Controller('v1/keys')
@Access('admin')
@ApiTags('keys')
@ApiBearerAuth()
export class KeysController {
  constructor(private readonly keys: KeysService) {}

  /** Makes a key. The answer shows it, this once: only its hash is stored. */
  @Post()
  @ApiOperation({ summary: 'Make a key', operationId: 'createKey' })
  @bodyIs('KeyCreate')
  @answer(201, 'The key, shown this once', 'NewKey')
  @problems(400, 401, 403, 413, 415, 503)
  async create(
    @Body() body: unknown,
    @CurrentAuthor() author: Author,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<KeyView> {
    const key = await this.keys.issueKey(await bodyOf(KeyBody, body), author);
    void reply.header('location', `/v1/keys/${key.id}`).header('cache-control', 'no-store');
    return key;
  }

  /** Lists all keys, revoked ones too. */
  @Get()
  @ApiOperation({ summary: 'List keys', operationId: 'listKeys' })
  @DescribePaging()
  @answer(200, 'A page', 'KeyList')
  @problems(400, 401, 403)
  async list(
    @Query() query: Parameters,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<KeyView>> {
    return linkPage(reply, await this.keys.listKeys(readPaging(query)));
  }

  /** One key. */
  @Get(':id')
  @ApiOperation({ summary: 'Read a key', operationId: 'readKey' })
  @pathId('keys')
  @answer(200, 'The key, without itself', 'Key')
  @problems(401, 403, 404)
  async read(@Param('id') id: string): Promise<KeyView> {
    return this.keys.readKey(id);
  }

  /** Revokes a key, for good. Webhooks by it that tell of everything are disabled. */
  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Revoke a key', operationId: 'revokeKey' })
  @pathId('keys')
  @ApiResponse({ status: 204, description: 'Revoked' })
  @problems(401, 403, 404, 503)
  async revoke(@Param('id') id: string): Promise<void> {
    await this.keys.revokeKey(id);
  }
}
