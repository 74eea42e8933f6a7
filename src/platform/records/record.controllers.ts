import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Patch,
  Post,
  Query,
  Res,
  type Type,
} from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Parameters } from '../http/query.reader.js';
import { Access } from '../auth/access.js';
import {
  CurrentAuthor,
  CurrentEdit,
  CurrentView,
  type Author,
  type Edit,
  type View,
} from '../auth/caller.js';
import { answerRecord } from './answers.js';
import {
  DescribeCreate,
  DescribeList,
  DescribePatch,
  DescribeRead,
  DescribeRetract,
  DescribeRevisions,
} from './record.openapi.js';
import { requireNested, type RecordDefinition } from './record.definition.js';
import type { StoredRecord } from './stored.record.js';
import { repairController } from './record.repair.controllers.js';
import { RecordsReader } from './records.reader.js';
import { RecordsService } from './records.service.js';

/** The controllers of a resource: of single records, and of where they are made and listed. */
export function recordControllers(definition: RecordDefinition): Type[] {
  const collection = definition.nestedIn
    ? nestedController(definition)
    : collectionController(definition);
  const repairs = named(repairController(definition), `${definition.title}RepairController`);
  return [collection, singleController(definition), repairs];
}

function singleController(definition: RecordDefinition): Type {
  const { type } = definition;

  @Controller(`v1/${type}`)
  class SingleController {
    constructor(
      private readonly records: RecordsService,
      private readonly reader: RecordsReader,
    ) {}

    @Get(':id')
    @Access('reader')
    @DescribeRead(definition)
    async read(
      @Param('id') id: string,
      @Query() query: Parameters,
      @CurrentView() view: View,
      @Res({ passthrough: true }) reply: FastifyReply,
    ): Promise<string> {
      return this.reader.read({ type, key: id }, query, { view, reply });
    }

    @Patch(':id')
    @Access('editor')
    @DescribePatch(definition)
    async patch(
      @Param('id') key: string,
      @Body() body: unknown,
      @CurrentEdit() edit: Edit,
      @Res({ passthrough: true }) reply: FastifyReply,
    ): Promise<string> {
      return answerRecord(reply, await this.records.patch({ type, key }, body, edit));
    }

    @Delete(':id')
    @Access('editor')
    @HttpCode(204)
    @DescribeRetract(definition)
    async retract(@Param('id') key: string, @CurrentEdit() edit: Edit): Promise<void> {
      await this.records.retract(type, key, edit);
    }

    @Get(':id/revisions')
    @Access('reader')
    @DescribeRevisions(definition)
    async revisions(
      @Param('id') key: string,
      @Query() query: Parameters,
      @CurrentView() view: View,
      @Res({ passthrough: true }) reply: FastifyReply,
    ): Promise<object> {
      return this.reader.revisions({ type, key }, query, { view, reply });
    }
  }
  return named(SingleController, `${definition.title}Controller`);
}

function collectionController(definition: RecordDefinition): Type {
  const { type } = definition;

  @Controller(`v1/${type}`)
  class CollectionController {
    constructor(
      private readonly records: RecordsService,
      private readonly reader: RecordsReader,
    ) {}

    @Get()
    @Access('reader')
    @DescribeList(definition)
    async list(
      @Query() query: Parameters,
      @CurrentView() view: View,
      @Res({ passthrough: true }) reply: FastifyReply,
    ): Promise<string> {
      return this.reader.list(type, query, { view, reply });
    }

    @Post()
    @Access('editor')
    @DescribeCreate(definition)
    async create(
      @Body() body: unknown,
      @CurrentAuthor() author: Author,
      @Res({ passthrough: true }) reply: FastifyReply,
    ): Promise<string> {
      return answerCreated(reply, definition, await this.records.create(type, body, author));
    }
  }
  return named(CollectionController, `${definition.title}ListController`);
}

function nestedController(definition: RecordDefinition): Type {
  const { type } = definition;
  const { type: above, segment } = requireNested(definition);

  @Controller(`v1/${above}`)
  class NestedController {
    constructor(
      private readonly records: RecordsService,
      private readonly reader: RecordsReader,
    ) {}

    @Get(`:id/${segment}`)
    @Access('reader')
    @DescribeList(definition)
    async list(
      @Param('id') key: string,
      @Query() query: Parameters,
      @CurrentView() view: View,
      @Res({ passthrough: true }) reply: FastifyReply,
    ): Promise<string> {
      return this.reader.listBeneath({ type, key }, query, { view, reply });
    }

    @Post(`:id/${segment}`)
    @Access('editor')
    @DescribeCreate(definition)
    async create(
      @Param('id') key: string,
      @Body() body: unknown,
      @CurrentAuthor() author: Author,
      @Res({ passthrough: true }) reply: FastifyReply,
    ): Promise<string> {
      return answerCreated(
        reply,
        definition,
        await this.records.createBeneath(type, key, body, author),
      );
    }
  }
  return named(NestedController, `${definition.title}ListController`);
}

function answerCreated(
  reply: FastifyReply,
  definition: RecordDefinition,
  record: StoredRecord,
): string {
  void reply.header('location', `/v1/${definition.type}/${record.id}`);
  return answerRecord(reply, record);
}

/** Nest and the OpenAPI document know a class by its name. */
function named(controller: Type, name: string): Type {
  Object.defineProperty(controller, 'name', { value: name });
  return controller;
}
