import {
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type OnModuleDestroy,
} from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { Metrics } from '../../platform/metrics/metrics.js';
import { Head } from '../../platform/snapshots/head.js';
import { ChangesModule } from '../changes/changes.module.js';
import { DeliveriesService } from './deliveries.service.js';
import { WebhookQueue } from './webhook.queue.js';
import { WebhookSender } from './webhook.sender.js';
import { DeliveriesController, WebhooksController } from './webhooks.controller.js';
import { WebhooksService } from './webhooks.service.js';
import { WebhookSettings, type WebhookOptions } from './webhooks.settings.js';

/** The feed of all changes, told at addresses of those who want to know. */
@Module({})
export class WebhooksModule implements OnModuleDestroy, BeforeApplicationShutdown {
  private stopped: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly queue: WebhookQueue,
    private readonly sender: WebhookSender,
    head: Head,
    metrics: Metrics,
  ) {
    metrics.readWebhooks(() => queue.counts);
    head.onTouched(({ any }) => {
      if (any) queue.hear();
    });
  }

  static on(options: WebhookOptions): DynamicModule {
    return {
      module: WebhooksModule,
      imports: [ChangesModule],
      controllers: [WebhooksController, DeliveriesController],
      providers: [
        DeliveriesService,
        WebhookQueue,
        WebhookSender,
        WebhooksService,
        {
          provide: WebhookSettings,
          inject: [Clock],
          useFactory: (clock: Clock) => new WebhookSettings(options, clock),
        },
      ],
    };
  }

  /** Begins to stop before the server waits for requests to end: the two take no longer than one. */
  onModuleDestroy(): void {
    this.stopped = Promise.all([this.queue.stop(), this.sender.stop()]);
  }

  /** Over before the database is closed. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.stopped;
  }
}
