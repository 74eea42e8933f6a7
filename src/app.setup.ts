import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { LogController, type FastifyServerOptions } from 'fastify';
import type { RequestListener } from 'node:http';
import { AppModule } from './app.module.js';
import { keySchemas } from './features/access/keys.schema.js';
import { changeSchemas } from './features/changes/changes.schema.js';
import { exportSchemas } from './features/exports/exports.schema.js';
import { importSchemas } from './features/imports/imports.schema.js';
import { indexSchemas } from './features/index/index.schema.js';
import { duplicateSchemas } from './features/duplicates/duplicates.schema.js';
import { mergeSchemas } from './features/merges/merges.schema.js';
import { purgeSchemas } from './features/purges/purges.schema.js';
import { resources } from './features/resources.js';
import { standingSchemas } from './features/standing/standing.schema.js';
import { historySchemas } from './features/status/history.schema.js';
import { StreamService } from './features/stream/stream.service.js';
import { statusSchemas } from './features/status/status.schema.js';
import { tallySchemas } from './features/tally/tally.schema.js';
import { trackRecordSchemas } from './features/track-records/track-records.schema.js';
import { WebhookQueue } from './features/webhooks/webhook.queue.js';
import { webhookSchemas } from './features/webhooks/webhooks.schema.js';
import type { WebhookOptions } from './features/webhooks/webhooks.settings.js';
import { Authenticator } from './platform/auth/authenticator.js';
import type { LogLevel, TrustedProxies } from './platform/config/config.js';
import { addBodyParsers } from './platform/http/body.parsers.js';
import { addStreamedBodies } from './platform/http/streamed.bodies.js';
import { addConditionalReads, type Polling } from './platform/http/conditional.js';
import { contentTag } from './platform/http/etag.js';
import { CORS } from './platform/http/cors.js';
import { describeApi } from './platform/http/openapi.js';
import { markReplays } from './platform/http/replayed.js';
import {
  SERVER_LIMITS,
  addAnswerLimit,
  createBoundServer,
  type ServerLimits,
} from './platform/http/server.limits.js';
import { STOP_LIMITS, Stopping, type StopLimits } from './platform/http/stopping.js';
import { addRefusals, answerUnreadable, answerUnroutable } from './platform/http/unroutable.js';
import { addLimits } from './platform/limits/limits.hook.js';
import { Limits, type LimitOptions } from './platform/limits/limits.js';
import { addMetrics, measureUnroutable } from './platform/metrics/metrics.hook.js';
import { Metrics } from './platform/metrics/metrics.js';
import { Database } from './platform/prisma/database.js';
import type { JsonSchema } from './platform/records/field.js';
import { repairSchemas } from './platform/records/record.repair.openapi.js';
import { resourceSchemas } from './platform/records/record.openapi.js';
import { Head } from './platform/snapshots/head.js';
import { Snapshots, type SnapshotSettings } from './platform/snapshots/snapshots.js';
import { countIn } from './platform/snapshots/snapshot.counts.js';
import { Makings } from './platform/snapshots/makings.js';
import { serveSnapshots, type Keeping } from './platform/snapshots/serve.snapshots.js';

const BODY_LIMIT = 1024 * 1024;

const POLLING = { mostStale: 300, pollInterval: 5 };

const WEBHOOKS: WebhookOptions = { sends: true, key: undefined, http: false, networks: [] };

/** What an application is told of the world around it; what is left out is as a test wants it. */
export interface AppOptions {
  readonly databaseUrl: string;
  /** Where the listener reaches the same database; left out, where everything does. */
  readonly listenUrl?: string | undefined;
  /** Left out, nothing is logged. */
  readonly logLevel?: LogLevel;
  /** Left out, nobody is limited. */
  readonly limits?: Pick<LimitOptions, 'address' | 'key'>;
  /** Left out, nobody's word on a client's address is believed. */
  readonly trustProxy?: TrustedProxies;
  /** In seconds; left out, five minutes and five seconds. */
  readonly polling?: SnapshotSettings & Polling;
  readonly serverLimits?: ServerLimits;
  readonly stopLimits?: StopLimits;
  /** Left out, messages go over https to the open Internet, and their secrets are not sealed. */
  readonly webhooks?: WebhookOptions;
  /** Whether the document is made when somebody asks for it, who then waits. */
  readonly describesLater?: boolean;
}

/** The application as it is served, not yet listening. */
export async function createApp(options: AppOptions): Promise<NestFastifyApplication> {
  const { databaseUrl, listenUrl, logLevel = 'silent' } = options;
  const { limits = { address: 0, key: 0 }, trustProxy = [], stopLimits = STOP_LIMITS } = options;
  const { polling = POLLING, webhooks = WEBHOOKS } = options;
  const adapter = adapterFor(options, (error, request, reply) => {
    measureUnroutable(app.get(Metrics), request, reply);
    void answerUnroutable(error, request, reply, app.get(Limits));
  });
  const root = AppModule.on({
    databaseUrl,
    listenUrl,
    limits: { ...limits, trustProxy },
    stopLimits,
    kept: polling,
    webhooks,
  });
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    bodyParser: false,
    logger: logLevel === 'silent' ? false : ['error', 'warn'],
  });
  setUp(app, options);
  await app.init();
  return app;
}

function adapterFor(
  { logLevel = 'silent', trustProxy = [], serverLimits = SERVER_LIMITS }: AppOptions,
  frameworkErrors: NonNullable<FastifyServerOptions['frameworkErrors']>,
): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    trustProxy: trustProxy.length > 0 && [...trustProxy],
    logger: { level: logLevel, redact: ['req.headers.authorization', 'req.body', 'res.body'] },
    // A line a request is for those who look for something: at info, a poll leaves no trace.
    logController: new LogController({
      disableRequestLogging: !['debug', 'trace'].includes(logLevel),
    }),
    genReqId: () => crypto.randomUUID(),
    frameworkErrors,
    clientErrorHandler: answerUnreadable,
    serverFactory: (handler: RequestListener) => createBoundServer(serverLimits, handler),
    // Paths are matched as they are sent: a normalized path could be guarded as one thing and served as another.
    routerOptions: {
      ignoreTrailingSlash: false,
      ignoreDuplicateSlashes: false,
      caseSensitive: true,
    },
    // Whoever comes while the service stops is refused with a problem, by `Stopping`.
    return503OnClosing: false,
  });
}

/** The OpenAPI document of the application. */
export function describe(app: NestFastifyApplication): OpenAPIObject {
  const schemas: Record<string, JsonSchema> = {
    ...repairSchemas,
    ...keySchemas,
    ...indexSchemas,
    ...statusSchemas,
    ...historySchemas,
    ...tallySchemas,
    ...standingSchemas,
    ...trackRecordSchemas,
    ...mergeSchemas,
    ...duplicateSchemas,
    ...changeSchemas,
    ...exportSchemas,
    ...purgeSchemas,
    ...webhookSchemas,
    ...importSchemas,
  };
  for (const resource of resources) Object.assign(schemas, resourceSchemas(resource));
  return describeApi(app, schemas);
}

function keepingOf(app: NestFastifyApplication, limits: ServerLimits): Keeping {
  const stopping = app.get(Stopping);
  return {
    kept: app.get(Snapshots),
    head: app.get(Head),
    authenticator: app.get(Authenticator),
    makings: app.get(Makings),
    counts: countIn(app.get(Metrics)),
    limits,
    isClosing: () => stopping.hasBegun,
  };
}

/** Answers are given again, as long as the ledger says that they still hold. */
function addSnapshots(app: NestFastifyApplication, keeping: Keeping): void {
  const { head } = keeping;
  app.get(Database).watch = {
    isAway: () => head.isAway(),
    committed: (mayHide) => {
      head.noteCommit(mayHide);
    },
  };
  const fastify = app.getHttpAdapter().getInstance();
  serveSnapshots(fastify.server, keeping);
  fastify.addHook('onListen', (done) => {
    head.start();
    app.get(WebhookQueue).wake();
    done();
  });
}

/** What the server does around Nest: bodies, conditional reads, CORS, counting and measuring, its end, the document. */
function setUp(
  app: NestFastifyApplication,
  { serverLimits = SERVER_LIMITS, polling = POLLING, describesLater = false }: AppOptions,
): void {
  const fastify = app.getHttpAdapter().getInstance();
  addBodyParsers(fastify);
  const keeping = keepingOf(app, serverLimits);
  addStreamedBodies(fastify);
  addConditionalReads(fastify, keeping, polling);
  markReplays(fastify);
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff');
    done();
  });
  app.enableCors(CORS);
  const metrics = app.get(Metrics);
  keeping.head.onNoticed((seconds) => {
    metrics.noticedAfter(seconds);
  });
  metrics.readHeadAge(() => keeping.head.age() / 1_000);
  metrics.readStreams(() => app.get(StreamService).clients);
  metrics.readPools(() => app.get(Database).poolStates);
  addMetrics(fastify, metrics);
  app.get(Stopping).addTo(fastify);
  addLimits(fastify, app.get(Limits));
  addAnswerLimit(fastify, serverLimits);
  addRefusals(fastify);
  addSnapshots(app, keeping);
  const document = once(() => describe(app));
  const told = once(() => {
    const text = JSON.stringify(document());
    return { text, etag: contentTag(text) };
  });
  if (!describesLater) told();
  fastify.get('/v1/openapi.json', async (_, reply) => {
    const { text, etag } = told();
    void reply.headers({ 'content-type': 'application/json; charset=utf-8', etag });
    return text;
  });
  SwaggerModule.setup('docs', app, document, { raw: false });
}

function once<Made>(make: () => Made): () => Made {
  let made: Made | undefined;
  return () => (made ??= make());
}
