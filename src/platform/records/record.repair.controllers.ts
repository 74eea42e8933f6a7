import { Body, Controller, HttpCode, Param, Post, Res, type Type } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Access } from '../auth/access.js';
import { CurrentEdit, type Edit } from '../auth/caller.js';
import { answerRecord } from './answers.js';
import type { RecordDefinition } from './record.definition.js';
import { DescribeRestore, DescribeRevert } from './record.repair.openapi.js';
import { RepairsService } from './repairs.service.js';

/** The controller that takes back what was done to a record: its retraction, or changes since a version. */
export function repairController(definition: RecordDefinition): Type {
  const { type } = definition;

  @Controller(`v1/${type}`)
  class RepairController {
    constructor(private readonly repairs: RepairsService) {}

    @Post(':id/restorations')
    @Access('editor')
    @HttpCode(200)
    @DescribeRestore(definition)
    async restore(
      @Param('id') key: string,
      @Body() body: unknown,
      @CurrentEdit() edit: Edit,
      @Res({ passthrough: true }) reply: FastifyReply,
    ): Promise<string> {
      return answerRecord(reply, await this.repairs.restore({ type, key }, body, edit));
    }

    @Post(':id/reverts')
    @Access('editor')
    @HttpCode(200)
    @DescribeRevert(definition)
    async revert(
      @Param('id') key: string,
      @Body() body: unknown,
      @CurrentEdit() edit: Edit,
      @Res({ passthrough: true }) reply: FastifyReply,
    ): Promise<string> {
      return answerRecord(reply, await this.repairs.revert({ type, key }, body, edit));
    }
  }
  return RepairController;
}
