import { Module, type DynamicModule } from '@nestjs/common';
import { AccessModule } from './features/access/access.module.js';
import { ChangesModule } from './features/changes/changes.module.js';
import { ExportsModule } from './features/exports/exports.module.js';
import { DuplicatesModule } from './features/duplicates/duplicates.module.js';
import { ImportsModule } from './features/imports/imports.module.js';
import { IndexModule } from './features/index/index.module.js';
import { MergesModule } from './features/merges/merges.module.js';
import { PurgesModule } from './features/purges/purges.module.js';
import { resources } from './features/resources.js';
import { StandingModule } from './features/standing/standing.module.js';
import { StatusModule } from './features/status/status.module.js';
import { StreamModule } from './features/stream/stream.module.js';
import { TallyModule } from './features/tally/tally.module.js';
import { TrackRecordsModule } from './features/track-records/track-records.module.js';
import { WebhooksModule } from './features/webhooks/webhooks.module.js';
import type { WebhookOptions } from './features/webhooks/webhooks.settings.js';
import { PlatformModule, type PlatformOptions } from './platform/platform.module.js';
import { RecordsModule } from './platform/records/records.module.js';

/** The whole service, on one database. */
@Module({})
export class AppModule {
  static on(options: PlatformOptions & { readonly webhooks: WebhookOptions }): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PlatformModule.on(options),
        RecordsModule.for(resources),
        StatusModule,
        TallyModule,
        StandingModule,
        TrackRecordsModule,
        MergesModule,
        DuplicatesModule,
        ChangesModule,
        StreamModule,
        ExportsModule,
        WebhooksModule.on(options.webhooks),
        PurgesModule,
        ImportsModule,
        AccessModule,
        IndexModule,
      ],
    };
  }
}
