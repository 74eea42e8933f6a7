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
} from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Access } from '../../platform/auth/access.js';
import { CurrentAuthor, type Author } from '../../platform/auth/caller.js';
import { readPaging, type Parameters } from '../../platform/http/query.reader.js';
import { linkPage } from '../../platform/records/answers.js';
import type { Page } from '../../platform/records/page.js';
import { requireNoFields } from '../../platform/records/record.body.js';
import {
  DescribePaging,
  answer,
  bodyIs,
  parameter,
  pathId,
  problems,
} from '../../platform/records/record.openapi.js';
import { DELIVERY_STATES } from './deliveries.words.js';
import { DeliveriesService, type DeliveryView } from './deliveries.service.js';
import { WebhooksService, type SecretView, type WebhookView } from './webhooks.service.js';

/** Who is told of changes, at addresses of theirs; for admins only. */
@Controller('v1/webhooks')
@Access('admin')
@ApiTags('webhooks')
@ApiBearerAuth()
export class WebhooksController {
  constructor(
    private readonly webhooks: WebhooksService,
    private readonly deliveries: DeliveriesService,
  ) {}

  /** Makes a webhook, which is told of every change from now on. The answer shows its secret, this once. */
  @Post()
  @ApiOperation({ summary: 'Make a webhook', operationId: 'createWebhook' })
  @bodyIs('WebhookCreate')
  @answer(201, 'The webhook, with its secret', 'NewWebhook')
  @problems(400, 401, 403, 409, 413, 415, 422, 503)
  async create(
    @Body() body: unknown,
    @CurrentAuthor() author: Author,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<WebhookView> {
    const webhook = await this.webhooks.create(body, author);
    void reply.header('location', `/v1/webhooks/${webhook.id}`).header('cache-control', 'no-store');
    return webhook;
  }

  /** Lists all webhooks, the oldest first. */
  @Get()
  @ApiOperation({ summary: 'List webhooks', operationId: 'listWebhooks' })
  @DescribePaging()
  @answer(200, 'A page', 'WebhookList')
  @problems(400, 401, 403)
  async list(
    @Query() query: Parameters,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<WebhookView>> {
    return linkPage(reply, await this.webhooks.list(readPaging(query)));
  }

  /** One webhook, without its secret. */
  @Get(':id')
  @ApiOperation({ summary: 'Read a webhook', operationId: 'readWebhook' })
  @pathId('webhooks')
  @answer(200, 'The webhook', 'Webhook')
  @problems(401, 403, 404)
  async read(@Param('id') id: string): Promise<WebhookView> {
    return this.webhooks.read(id);
  }

  /** Changes a webhook. Enabled again it goes on where it stood. */
  @Patch(':id')
  @ApiOperation({ summary: 'Change a webhook (merge patch)', operationId: 'patchWebhook' })
  @pathId('webhooks')
  @bodyIs('WebhookPatch')
  @answer(200, 'The webhook as stored', 'Webhook')
  @problems(400, 401, 403, 404, 413, 415, 422, 503)
  async patch(
    @Param('id') id: string,
    @Body() body: unknown,
    @CurrentAuthor() author: Author,
  ): Promise<WebhookView> {
    return this.webhooks.patch(id, body, author);
  }

  /** Removes a webhook with all that is on its way to it, for good. */
  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Remove a webhook', operationId: 'removeWebhook' })
  @pathId('webhooks')
  @ApiResponse({ status: 204, description: 'Removed' })
  @problems(401, 403, 404, 503)
  async remove(@Param('id') id: string, @CurrentAuthor() author: Author): Promise<void> {
    await this.webhooks.remove(id, author);
  }

  /** Gives a webhook a new secret, shown this once. The one before signs as well for a while. */
  @Post(':id/secrets')
  @ApiOperation({ summary: 'Rotate the secret of a webhook', operationId: 'rotateWebhookSecret' })
  @pathId('webhooks')
  @bodyIs('WebhookSecretCreate', false)
  @answer(201, 'The new secret', 'WebhookSecret')
  @problems(400, 401, 403, 404, 409, 413, 415, 422, 503)
  async rotate(
    @Param('id') id: string,
    @Body() body: unknown,
    @CurrentAuthor() author: Author,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SecretView> {
    const secret = await this.webhooks.rotate(id, body, author);
    // Of a secret that is shown once there is no other address.
    void reply.header('location', `/v1/webhooks/${id}`).header('cache-control', 'no-store');
    return secret;
  }

  /** Has a webhook go on after another place of the feed: what was sent before is sent again, under the same ids. */
  @Post(':id/replay')
  @HttpCode(202)
  @ApiOperation({ summary: 'Send changes again', operationId: 'replayWebhook' })
  @pathId('webhooks')
  @bodyIs('WebhookReplay', false)
  @answer(202, 'The webhook, where it stands now', 'Webhook')
  @problems(400, 401, 403, 404, 409, 413, 415, 422, 503)
  async replay(
    @Param('id') id: string,
    @Body() body: unknown,
    @CurrentAuthor() author: Author,
  ): Promise<WebhookView> {
    return this.webhooks.replay(id, body, author);
  }

  /** Lists what is on its way to a webhook, what it has taken, and what is given up, in the order of the feed. */
  @Get(':id/deliveries')
  @ApiOperation({ summary: 'List deliveries', operationId: 'listDeliveries' })
  @pathId('webhooks')
  @parameter('state', 'Only those in this state; `dead`: given up.', { words: DELIVERY_STATES })
  @DescribePaging()
  @answer(200, 'A page', 'DeliveryList')
  @problems(400, 401, 403, 404)
  async listDeliveries(
    @Param('id') id: string,
    @Query() query: Parameters,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<DeliveryView>> {
    return linkPage(reply, await this.deliveries.list(id, query));
  }
}

/** What is on its way to webhooks; for admins only. */
@Controller('v1/deliveries')
@Access('admin')
@ApiTags('webhooks')
@ApiBearerAuth()
export class DeliveriesController {
  constructor(private readonly deliveries: DeliveriesService) {}

  /** Has a delivery sent once more, at once and with all its attempts, whatever has become of it; a webhook that waits does so no longer. */
  @Post(':id/retry')
  @HttpCode(202)
  @ApiOperation({ summary: 'Send a delivery again', operationId: 'retryDelivery' })
  @pathId('deliveries')
  @answer(202, 'The delivery, pending', 'Delivery')
  @problems(400, 401, 403, 404, 409, 413, 415, 422, 503)
  async retry(
    @Param('id') id: string,
    @Body() body: unknown,
    @CurrentAuthor() author: Author,
  ): Promise<DeliveryView> {
    requireNoFields(body);
    return this.deliveries.retry(id, author);
  }
}
