import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, HttpAdapterHost } from '@nestjs/core';
import { AccessGuard } from './auth/access.js';
import { Authenticator } from './auth/authenticator.js';
import { Clock } from './clock/clock.js';
import { ProblemFilter } from './errors/problem.filter.js';
import { HealthController } from './health/health.controller.js';
import { HealthService } from './health/health.service.js';
import { Leases } from './postgres/leases.js';
import { Stopping, type StopLimits } from './http/stopping.js';
import { Limits, type LimitOptions } from './limits/limits.js';
import { Metrics } from './metrics/metrics.js';
import { Database } from './prisma/database.js';
import { LongReads } from './prisma/long.reads.js';
import { Head } from './snapshots/head.js';
import { SNAPSHOT_SETTINGS, Snapshots, type SnapshotSettings } from './snapshots/snapshots.js';
import { Makings } from './snapshots/makings.js';

/** What the platform is told of the world around it. */
export interface PlatformOptions {
  readonly databaseUrl: string;
  /** Where the listener reaches the same database, if that is elsewhere. */
  readonly listenUrl: string | undefined;
  readonly limits: LimitOptions;
  readonly stopLimits: StopLimits;
  readonly kept: SnapshotSettings;
}

/** What every feature stands on. */
@Module({})
export class PlatformModule {
  static on({ databaseUrl, listenUrl, limits, stopLimits, kept }: PlatformOptions): DynamicModule {
    return {
      module: PlatformModule,
      global: true,
      controllers: [HealthController],
      providers: [
        Clock,
        Authenticator,
        HealthService,
        Metrics,
        { provide: Database, useFactory: () => new Database(databaseUrl) },
        { provide: LongReads, useFactory: () => new LongReads(databaseUrl) },
        { provide: Head, useFactory: () => new Head({ url: databaseUrl, listenUrl }) },
        { provide: Leases, useFactory: () => new Leases(listenUrl ?? databaseUrl) },
        { provide: SNAPSHOT_SETTINGS, useValue: kept },
        Snapshots,
        Makings,
        {
          provide: Limits,
          inject: [Authenticator, Metrics],
          useFactory: (authenticator: Authenticator, metrics: Metrics) =>
            new Limits(limits, authenticator, (policy) => {
              metrics.limitedBy(policy);
            }),
        },
        {
          provide: Stopping,
          inject: [HttpAdapterHost],
          useFactory: (host: HttpAdapterHost) => new Stopping(stopLimits, host),
        },
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
      exports: [
        Authenticator,
        Clock,
        Database,
        Head,
        Leases,
        LongReads,
        Makings,
        Metrics,
        Stopping,
      ],
    };
  }
}
