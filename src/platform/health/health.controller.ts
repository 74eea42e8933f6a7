import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access } from '../auth/access.js';
import { answer, problems } from '../records/record.openapi.js';
import { HealthService } from './health.service.js';

/** Whether the process lives, and whether it can do its work. */
@Controller()
@Access('open')
@ApiTags('health')
export class HealthController {
  constructor(private readonly health: HealthService) {}

  /** The process lives. Never asks the database. */
  @Get('livez')
  @ApiOperation({ summary: 'Whether the process lives', operationId: 'livez' })
  @answer(200, 'It does', 'Health')
  alive(): object {
    return { status: 'ok' };
  }

  /** The service can work: its database answers. */
  @Get('readyz')
  @ApiOperation({ summary: 'Whether the service can work', operationId: 'readyz' })
  @answer(200, 'It can', 'Health')
  @problems(503)
  async ready(): Promise<object> {
    await this.health.requireDatabase();
    return { status: 'ok' };
  }
}
