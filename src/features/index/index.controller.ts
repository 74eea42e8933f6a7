import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access } from '../../platform/auth/access.js';
import { answer } from '../../platform/records/record.openapi.js';
import { resources } from '../resources.js';

/** What there is. */
@Controller('v1')
@ApiTags('index')
export class IndexController {
  /** Lists every resource with its address and its meaning, and where to read on. */
  @Get()
  @Access('reader')
  @ApiOperation({ summary: 'What there is', operationId: 'index' })
  @answer(200, 'The resources', 'Index')
  index(): object {
    return {
      status: '/v1/status',
      mergerStatus: '/v1/mergers/{id}/status',
      timeline: '/v1/mergers/{id}/timeline',
      tally: '/v1/vote-events/{id}/tally',
      result: '/v1/motions/{id}/result',
      revisions: '/v1/{resource}/{id}/revisions',
      keys: '/v1/keys',
      changes: '/v1/changes',
      stream: '/v1/stream',
      export: '/v1/export?format={format}',
      openapi: '/v1/openapi.json',
      docs: '/docs',
      resources: resources.map(({ type, description, nestedIn }) => ({
        name: type,
        href: nestedIn ? `/v1/${nestedIn.type}/{id}/${nestedIn.segment}` : `/v1/${type}`,
        description,
      })),
    };
  }
}
