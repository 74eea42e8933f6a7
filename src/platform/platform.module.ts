import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { AccessGuard } from './auth/access.js';
import { Authenticator } from './auth/authenticator.js';
import { Clock } from './clock/clock.js';
import { ProblemFilter } from './errors/problem.filter.js';
import { HealthController } from './health/health.controller.js';
import { HealthService } from './health/health.service.js';
import { Database } from './prisma/database.js';
import { Head } from './snapshots/head.js';
import { KEPT_SETTINGS, KeptAnswers } from './snapshots/kept.answers.js';
import { Makings } from './snapshots/makings.js';

/** What every feature stands on. */
@Module({})
export class PlatformModule {
  static on(databaseUrl: string): DynamicModule {
    return {
      module: PlatformModule,
      global: true,
      controllers: [HealthController],
      providers: [
        Clock,
        Authenticator,
        HealthService,
        { provide: Database, useFactory: () => new Database(databaseUrl) },
        { provide: Head, useFactory: () => new Head({ url: databaseUrl }) },
        { provide: KEPT_SETTINGS, useValue: { mostStale: 300 } },
        KeptAnswers,
        Makings,
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
      exports: [Authenticator, Clock, Database, Head, Makings],
    };
  }
}
