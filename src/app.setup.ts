import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { LogController } from 'fastify';
import { AppModule } from './app.module.js';
import { keySchemas } from './features/access/keys.schema.js';
import { changeSchemas } from './features/changes/changes.schema.js';
import { indexSchemas } from './features/index/index.schema.js';
import { mergeSchemas } from './features/merges/merges.schema.js';
import { purgeSchemas } from './features/purges/purges.schema.js';
import { resources } from './features/resources.js';
import { standingSchemas } from './features/standing/standing.schema.js';
import { historySchemas } from './features/status/history.schema.js';
import { statusSchemas } from './features/status/status.schema.js';
import { tallySchemas } from './features/tally/tally.schema.js';
import { trackRecordSchemas } from './features/track-records/track-records.schema.js';
import { Authenticator } from './platform/auth/authenticator.js';
import type { LogLevel } from './platform/config/config.js';
import { addBodyParsers } from './platform/http/body.parsers.js';
import { addConditionalReads } from './platform/http/conditional.js';
import { CORS } from './platform/http/cors.js';
import { describeApi } from './platform/http/openapi.js';
import { markReplays } from './platform/http/replayed.js';
import { addRefusals, answerUnreadable, answerUnroutable } from './platform/http/unroutable.js';
import { Database } from './platform/prisma/database.js';
import type { JsonSchema } from './platform/records/field.js';
import { repairSchemas } from './platform/records/record.repair.openapi.js';
import { resourceSchemas } from './platform/records/record.openapi.js';
import { Head } from './platform/snapshots/head.js';
import { KeptAnswers } from './platform/snapshots/kept.answers.js';
import { Makings } from './platform/snapshots/makings.js';
import { serveKept, type Keeping } from './platform/snapshots/serve.kept.js';

const BODY_LIMIT = 1024 * 1024;

/** What an application is told of the world around it; what is left out is as a test wants it. */
export interface AppOptions {
  readonly databaseUrl: string;
  /** Left out, nothing is logged. */
  readonly logLevel?: LogLevel;
}

/** The application as it is served, not yet listening. */
export async function createApp(options: AppOptions): Promise<NestFastifyApplication> {
  const { databaseUrl, logLevel = 'silent' } = options;
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    logger: { level: logLevel, redact: ['req.headers.authorization', 'req.body', 'res.body'] },
    // A line a request is for those who look for something: at info, a poll leaves no trace.
    logController: new LogController({
      disableRequestLogging: !['debug', 'trace'].includes(logLevel),
    }),
    genReqId: () => crypto.randomUUID(),
    frameworkErrors: answerUnroutable,
    clientErrorHandler: answerUnreadable,
    // We refuse a request without a host ourselves, with a problem.
    http: { requireHostHeader: false },
    // Paths are matched as they are sent: a normalized path could be guarded as one thing and served as another.
    routerOptions: {
      ignoreTrailingSlash: false,
      ignoreDuplicateSlashes: false,
      caseSensitive: true,
    },
    forceCloseConnections: true,
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.on(databaseUrl), adapter, {
    bodyParser: false,
    logger: logLevel === 'silent' ? false : ['error', 'warn'],
  });
  setUp(app);
  await app.init();
  return app;
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
    ...changeSchemas,
    ...purgeSchemas,
  };
  for (const resource of resources) Object.assign(schemas, resourceSchemas(resource));
  return describeApi(app, schemas);
}

function keepingOf(app: NestFastifyApplication): Keeping {
  return {
    kept: app.get(KeptAnswers),
    head: app.get(Head),
    authenticator: app.get(Authenticator),
    makings: app.get(Makings),
    counts: { hit: () => undefined, stale: () => undefined },
  };
}

/** Answers are given again, as long as the ledger says that they still hold. */
function addKeptAnswers(app: NestFastifyApplication, keeping: Keeping): void {
  const { head } = keeping;
  app.get(Database).watch = {
    isAway: () => head.isAway(),
    committed: (mayHide) => {
      head.noteCommit(mayHide);
    },
  };
  const fastify = app.getHttpAdapter().getInstance();
  let isClosing = false;
  serveKept(fastify.server, keeping, () => isClosing);
  fastify.addHook('onListen', (done) => {
    head.start();
    done();
  });
  fastify.addHook('preClose', (done) => {
    isClosing = true;
    done();
  });
}

/** What the server does around Nest: bodies, conditional reads, CORS, the document. */
function setUp(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  addBodyParsers(fastify);
  const keeping = keepingOf(app);
  addConditionalReads(fastify, keeping, { pollInterval: 5 });
  markReplays(fastify);
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff');
    done();
  });
  app.enableCors(CORS);
  addRefusals(fastify);
  addKeptAnswers(app, keeping);
  const document = describe(app);
  const text = JSON.stringify(document);
  fastify.get('/v1/openapi.json', async (_, reply) => {
    void reply.header('content-type', 'application/json; charset=utf-8');
    return text;
  });
  SwaggerModule.setup('docs', app, document, { raw: false });
}
