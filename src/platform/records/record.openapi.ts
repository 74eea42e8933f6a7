import { applyDecorators } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiHeader,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { INSTANT } from '../http/schemas.js';
import type { JsonSchema } from './field.js';
import { isSearchable, type RecordDefinition } from './record.definition.js';
import { Moved } from './moved.openapi.js';
import { recordSchemas } from './record.schema.js';
import { filterFields, sortNames } from './records.query.js';

/** How the routes of a resource appear in the OpenAPI document. */
export function DescribeList(definition: RecordDefinition): MethodDecorator {
  const { title, nestedIn } = definition;
  const filters = filterFields(definition).map((field) =>
    parameter(
      field.name,
      field.kind === 'date'
        ? 'A date, or a range 2022-12..2023-01: records whose date overlaps it.'
        : `Only these; several are parted by commas. ${field.description}`,
    ),
  );
  const sorts = sortNames(definition).flatMap((name) => [name, `-${name}`]);
  return applyDecorators(
    ApiTags(definition.type),
    ApiOperation({
      summary: `List ${definition.type}`,
      operationId: `list${title}`,
      description: definition.description,
    }),
    ...(nestedIn ? [pathId(nestedIn.type)] : []),
    ...filters,
    ...(isSearchable(definition)
      ? [parameter('q', 'Any name, misspelt too. Best match first.')]
      : []),
    ...(definition.span
      ? [parameter('asOf', 'Only what held then; a day or a month means its end.')]
      : []),
    ApiQuery({
      name: 'sort',
      required: false,
      schema: { type: 'string', enum: sorts, default: 'createdAt' },
    }),
    DescribePaging(),
    answer(200, 'A page', `${title}List`),
    problems(400, ...(nestedIn ? [404, 410] : [])),
  );
}

/** The two clocks of a computed answer. */
export function DescribeAsked(): MethodDecorator {
  return applyDecorators(
    parameter('asOf', 'What was true in the world then; a day or a month means its end.'),
    DescribeKnownAt(),
  );
}

/** The clock of recording. */
function DescribeKnownAt(): MethodDecorator {
  return parameter('knownAt', 'What was recorded by then; a day or a month means its end.');
}

/** The two parameters of every list. */
export function DescribePaging(): MethodDecorator {
  return applyDecorators(
    DescribeLimit(),
    parameter('cursor', 'The `page.next` of the page before.'),
  );
}

/** How many a page holds at most. */
export function DescribeLimit(): MethodDecorator {
  return ApiQuery({
    name: 'limit',
    required: false,
    schema: { type: 'integer', minimum: 1, maximum: 100, default: 25 },
  });
}

export function DescribeCreate(definition: RecordDefinition): MethodDecorator {
  const { title, nestedIn } = definition;
  return applyDecorators(
    ApiTags(definition.type),
    ApiOperation({
      summary: `Record a ${title}`,
      operationId: `create${title}`,
      description: definition.description,
    }),
    ...(nestedIn ? [pathId(nestedIn.type)] : []),
    ...written(`${title}Create`),
    answer(201, 'The record as stored', title),
    problems(400, 401, 403, ...(nestedIn ? [404, 410] : []), 409, 413, 415, 422, 503),
  );
}

export function DescribeRead(definition: RecordDefinition): MethodDecorator {
  return applyDecorators(
    ApiTags(definition.type),
    ApiOperation({ summary: `Read a ${definition.title}`, operationId: `read${definition.title}` }),
    pathId(definition.type),
    DescribeKnownAt(),
    answer(200, 'The record', definition.title),
    ...(definition.mergeable ? [Moved] : []),
    problems(400, 404, 410),
  );
}

export function DescribePatch(definition: RecordDefinition): MethodDecorator {
  return applyDecorators(
    ApiTags(definition.type),
    ApiOperation({
      summary: `Change a ${definition.title} (merge patch)`,
      operationId: `patch${definition.title}`,
    }),
    pathId(definition.type),
    IfMatch,
    ...written(`${definition.title}Patch`),
    answer(200, 'The record as stored', definition.title),
    problems(400, 401, 403, 404, 409, 410, 412, 413, 415, 422, 428, 503),
  );
}

export function DescribeRetract(definition: RecordDefinition): MethodDecorator {
  return applyDecorators(
    ApiTags(definition.type),
    ApiBearerAuth(),
    ApiOperation({
      summary: `Retract a ${definition.title}`,
      operationId: `retract${definition.title}`,
    }),
    pathId(definition.type),
    IfMatch,
    ApiHeader({
      name: 'X-Reason',
      required: true,
      description: 'Why it is retracted; everybody may read it.',
    }),
    ApiResponse({ status: 204, description: 'Retracted' }),
    problems(400, 401, 403, 404, 409, 410, 412, 422, 428, 503),
  );
}

export function DescribeRevisions(definition: RecordDefinition): MethodDecorator {
  return applyDecorators(
    ApiTags(definition.type),
    ApiOperation({
      summary: `The history of a ${definition.title}`,
      operationId: `revisions${definition.title}`,
    }),
    pathId(definition.type),
    DescribePaging(),
    answer(200, 'A page of revisions, the newest first', `${definition.title}RevisionList`),
    problems(400, 404),
  );
}

/** The schemas of a resource, by the names that its routes use. */
export function resourceSchemas(
  definition: RecordDefinition,
): Readonly<Record<string, JsonSchema>> {
  const { create, patch, view } = recordSchemas(definition.body);
  const { title } = definition;
  const body = { $ref: `#/components/schemas/${title}` };
  return {
    [title]: { ...view, description: definition.description },
    [`${title}Create`]: create,
    [`${title}Patch`]: patch,
    [`${title}List`]: pageOf(body),
    [`${title}RevisionList`]: pageOf(revisionOf(title)),
  };
}

const NEXT: JsonSchema = { type: ['string', 'null'], description: 'The cursor of the next page.' };

/** The schema of a page of something. */
export function pageOf(items: JsonSchema, next = NEXT): JsonSchema {
  return {
    type: 'object',
    additionalProperties: false,
    required: ['data', 'page'],
    properties: {
      data: { type: 'array', items },
      page: {
        type: 'object',
        additionalProperties: false,
        required: ['next'],
        properties: { next },
      },
    },
  };
}

/** The problems that a route answers with. */
export function problems(...statuses: readonly number[]): MethodDecorator {
  return applyDecorators(
    ...statuses.map((status) =>
      ApiResponse({
        status,
        description: 'A problem (RFC 9457)',
        content: {
          'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
        },
      }),
    ),
  );
}

/** An answer whose schema has a name. */
export function answer(status: number, description: string, schema: string): MethodDecorator {
  return ApiResponse({
    status,
    description,
    content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } },
  });
}

/** The body of a request, whose schema has a name. */
export function bodyIs(schema: string, required = true): MethodDecorator {
  return ApiBody({ required, schema: { $ref: `#/components/schemas/${schema}` } });
}

/** A parameter of a query, of any text or of some words. */
export function parameter(
  name: string,
  description: string,
  {
    words,
    isRequired = false,
  }: { readonly words?: readonly string[]; readonly isRequired?: boolean } = {},
): MethodDecorator {
  const schema = { type: 'string', ...(words && { enum: [...words] }) };
  return ApiQuery({ name, required: isRequired, description, schema });
}

/** The id in a path. */
export function pathId(type: string): MethodDecorator {
  const slugs = ['factions', 'people', 'mergers'].includes(type);
  return ApiParam({
    name: 'id',
    schema: { type: 'string' },
    description: slugs ? 'The id or the slug' : 'The id',
  });
}

/** The version that a write is of. */
export const IfMatch: MethodDecorator = ApiHeader({
  name: 'If-Match',
  required: true,
  description: 'The ETag of the record as you saw it.',
});

function written(schema: string): MethodDecorator[] {
  return [
    ApiBearerAuth(),
    ApiHeader({ name: 'X-Reason', required: false, description: 'Why; kept in the revision.' }),
    bodyIs(schema),
  ];
}

function revisionOf(title: string): JsonSchema {
  const body = { $ref: `#/components/schemas/${title}` };
  return {
    type: 'object',
    additionalProperties: false,
    required: ['version', 'operation', 'recordedAt', 'before', 'after'],
    properties: {
      version: { type: 'integer', minimum: 1 },
      operation: {
        enum: ['create', 'update', 'retract', 'restore', 'published'],
        description:
          '`published`, in the public’s view: it became visible, by an edit or by time, as it was then.',
      },
      recordedAt: INSTANT,
      actor: { type: 'string', description: 'Whose key; for key holders only.' },
      reason: { type: ['string', 'null'], description: 'Why; for key holders only.' },
      before: { anyOf: [body, { type: 'null' }] },
      after: body,
    },
  };
}
