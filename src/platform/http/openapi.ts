import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { JsonSchema } from '../records/field.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type ParameterObject = NonNullable<Operation['parameters']>[number];
type Responses = Operation['responses'];

interface HeaderObject {
  readonly required: true;
  readonly description: string;
  readonly schema: { readonly type: 'string' };
}

const PROBLEM: JsonSchema = {
  type: 'object',
  description: 'RFC 9457. Every code is in docs/errors.md.',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string', description: 'What the code means.' },
    status: { type: 'integer' },
    code: { type: 'string' },
    detail: { type: 'string', description: 'What is wrong this time.' },
    errors: {
      type: 'array',
      description:
        'Each bad field by its JSON pointer, or parameter by its name after a question mark.',
      items: {
        type: 'object',
        required: ['pointer', 'detail'],
        properties: { pointer: { type: 'string' }, detail: { type: 'string' } },
      },
    },
  },
};

/** What is sent bit by bit has no tag, and is never unchanged. */
const STREAMED = /text\/event-stream|application\/x-ndjson/;

const PROBLEM_TYPE = 'application/problem+json';

const PROBLEM_RESPONSE = {
  description: 'A problem (RFC 9457)',
  content: { [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
};

/** The headers that some answers always have. */
const HEADERS = {
  ETag: always('What to send as If-None-Match; of a record also as If-Match.'),
  Location: always('The address of what was made.'),
  RateLimit: always(
    'What is left of the quota (`r`), and in how many seconds it is whole again (`t`).',
  ),
  RateLimitPolicy: always('The quota: so many requests (`q`) in so many seconds (`w`).'),
  RetryAfter: always('In how many seconds to try again.'),
  WWWAuthenticate: always('What a key is sent as.'),
};

/** Every problem, and those that have a header of their own. */
const RESPONSES = {
  Problem: PROBLEM_RESPONSE,
  Unauthorized: {
    ...PROBLEM_RESPONSE,
    headers: { 'WWW-Authenticate': { $ref: '#/components/headers/WWWAuthenticate' } },
  },
  TooManyRequests: {
    ...PROBLEM_RESPONSE,
    headers: {
      'Retry-After': { $ref: '#/components/headers/RetryAfter' },
      RateLimit: { $ref: '#/components/headers/RateLimit' },
      'RateLimit-Policy': { $ref: '#/components/headers/RateLimitPolicy' },
    },
  },
  Unavailable: {
    ...PROBLEM_RESPONSE,
    headers: { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } },
  },
};

const SHARED_PROBLEM = { $ref: '#/components/responses/Problem' };
const UNAUTHORIZED = { $ref: '#/components/responses/Unauthorized' };
const TOO_MANY = { $ref: '#/components/responses/TooManyRequests' };
const UNAVAILABLE = { $ref: '#/components/responses/Unavailable' };

const ETAG = { ETag: { $ref: '#/components/headers/ETag' } };
const LOCATION = { Location: { $ref: '#/components/headers/Location' } };

const VIEW: ParameterObject = {
  name: 'view',
  in: 'query',
  required: false,
  description:
    'Readers see what is public, key holders everything; with `public` these see what readers see.',
  schema: { type: 'string', enum: ['public'] },
};

const UNCHANGED = { description: 'Unchanged since the ETag in If-None-Match', headers: ETAG };

const IDEMPOTENCY_KEY: ParameterObject = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'Any text of your own, new for each request and the same when it is sent again: within 24 hours it is done once, and the same answer given again.',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[ -~]+$' },
};

const REPLAYED = {
  'Idempotent-Replayed': {
    description: 'There when the request was done before; this is its answer of then.',
    schema: { type: 'string', enum: ['true'] },
  },
} as const;

const HEALTH: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['status'],
  properties: { status: { enum: ['ok'] } },
};

/** The OpenAPI 3.1 document: the routes as Nest knows them, the schemas as the resources declare them. */
export function describeApi(
  app: INestApplication,
  schemas: Readonly<Record<string, JsonSchema>>,
): OpenAPIObject {
  const info = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Accord')
    .setDescription(
      'How far is a merger of political factions from its joint announcement, why, and how well do we know it?',
    )
    .setVersion('1')
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      description: 'A key of an editor or an admin.',
    })
    .build();
  const document = SwaggerModule.createDocument(app, info, {
    operationIdFactory: (_, method) => method,
  });
  const named = { Problem: PROBLEM, Health: HEALTH, ...schemas };
  const sorted = Object.fromEntries(
    Object.entries(named).sort(([one], [other]) => one.localeCompare(other, 'en')),
  );
  describeCommon(document);
  const shared = { schemas: sorted, responses: RESPONSES, headers: HEADERS };
  return { ...document, components: { ...document.components, ...shared } };
}

/**
 * The problems of every route, by reference to one response. Whatever a route of the API is for, it may also refuse a bad
 * key or one request too many, and the database may be away. What readers read can be asked for as they see it.
 */
function describeCommon(document: OpenAPIObject): void {
  for (const [path, { get, post, patch, delete: retract }] of Object.entries(document.paths)) {
    const isOurs = path.startsWith('/v1');
    const isStream = STREAMED.test(JSON.stringify(get?.responses ?? {}));
    if (isOurs) describeParameters(get, post);
    for (const operation of [get, post, patch, retract].filter((each) => each !== undefined)) {
      const isTagged = isOurs && !isStream && (operation !== patch || hasVersions(operation));
      describeResponses(operation, { isOurs, isTagged, reads: operation === get && !isStream });
    }
  }
}

function describeResponses(
  operation: Operation,
  { isOurs, isTagged, reads }: { isOurs: boolean; isTagged: boolean; reads: boolean },
): void {
  const own = ownResponses(operation.responses, isTagged);
  const common = isOurs ? commonResponses(reads, operation.security) : {};
  operation.responses = { ...common, ...own };
}

/** Whether what an operation changes has versions: what has none is not told by an ETag. */
function hasVersions({ parameters = [] }: Operation): boolean {
  return parameters.some((parameter) => 'name' in parameter && parameter.name === 'If-Match');
}

function ownResponses(responses: Responses, isTagged: boolean): Responses {
  const own = Object.entries(responses).map(([status, response]) => [
    status,
    isProblem(response) ? problemAt(status) : withHeaders(response, headersAt(status, isTagged)),
  ]);
  return Object.fromEntries(own) as Responses;
}

/** What can be asked as readers see it, and what can be sent again. */
function describeParameters(get: Operation | undefined, post: Operation | undefined): void {
  if (get && !get.security) get.parameters = [...(get.parameters ?? []), VIEW];
  if (post) describeOnce(post);
}

function describeOnce(post: Operation): void {
  post.parameters = [...(post.parameters ?? []), IDEMPOTENCY_KEY];
  const described = Object.entries(post.responses).map(([status, response]) => [
    status,
    isProblem(response) ? response : { ...response, headers: REPLAYED },
  ]);
  const refusals = { '400': SHARED_PROBLEM, '409': SHARED_PROBLEM, '422': SHARED_PROBLEM };
  post.responses = { ...refusals, ...(Object.fromEntries(described) as Responses) };
}

function commonResponses(reads: boolean, security: Operation['security']): Responses {
  const refusals = { '401': UNAUTHORIZED, '429': TOO_MANY, '503': UNAVAILABLE };
  if (!reads) return refusals;
  const unchanged = { ...refusals, '304': UNCHANGED };
  return security ? unchanged : { ...unchanged, '400': SHARED_PROBLEM };
}

function problemAt(status: string): object {
  if (status === '401') return UNAUTHORIZED;
  return status === '503' ? UNAVAILABLE : SHARED_PROBLEM;
}

function withHeaders(response: object | undefined, added: object): object {
  const own = response && 'headers' in response ? (Object(response.headers) as object) : {};
  return Object.keys(added).length === 0
    ? { ...response }
    : { ...response, headers: { ...own, ...added } };
}

/** The headers that an answer always has. */
function headersAt(status: string, isTagged: boolean): object {
  if (status === '201') return LOCATION;
  return status === '200' && isTagged ? ETAG : {};
}

function always(description: string): HeaderObject {
  return { required: true, description, schema: { type: 'string' } };
}

function isProblem(response: object | undefined): boolean {
  return response !== undefined && JSON.stringify(response).includes(PROBLEM_TYPE);
}
