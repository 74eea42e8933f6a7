import { Controller, Get, Param, Query, type Type } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access } from '../../platform/auth/access.js';
import { CurrentView, type View } from '../../platform/auth/caller.js';
import { readAsked, type Parameters } from '../../platform/http/query.reader.js';
import type { RecordDefinition } from '../../platform/records/record.definition.js';
import { DescribeAsked, answer, pathId, problems } from '../../platform/records/record.openapi.js';
import { StandingService, type ShownStanding } from './standing.service.js';

/** The controller of the standing of one kind of record. */
export function standingController({ type, title }: RecordDefinition): Type {
  @Controller(`v1/${type}`)
  @Access('reader')
  @ApiTags(type)
  class StandingController {
    constructor(private readonly standings: StandingService) {}

    /** How well a record is sourced: its standing, and the roots that speak for and against it. */
    @Get(':id/standing')
    @ApiOperation({
      summary: `How well a ${title} is sourced`,
      operationId: `standing${title}`,
      description:
        'Its standing, and that of each field that is cited by itself, with the roots that were counted. Of a retracted record it is `retracted`.',
    })
    @pathId(type)
    @DescribeAsked()
    @answer(200, 'The standing', 'Standing')
    @problems(400, 404)
    async standing(
      @Param('id') key: string,
      @Query() query: Parameters,
      @CurrentView() view: View,
    ): Promise<ShownStanding> {
      return this.standings.standingOf(type, key, readAsked(query), view);
    }
  }
  // Nest knows a class by its name.
  Object.defineProperty(StandingController, 'name', { value: `${title}StandingController` });
  return StandingController;
}
