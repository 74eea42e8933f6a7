import { applyDecorators } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { JsonSchema } from './field.js';
import type { RecordDefinition } from './record.definition.js';
import { IfMatch, answer, bodyIs, pathId, problems } from './record.openapi.js';
import { schemaOf } from './record.schema.js';
import { RevertBody } from './revert.dto.js';

/** The schemas of what takes records back, by the names that the routes use. */
export const repairSchemas: Readonly<Record<string, JsonSchema>> = { Revert: schemaOf(RevertBody) };

export function DescribeRestore(definition: RecordDefinition): MethodDecorator {
  const { title, type } = definition;
  return applyDecorators(
    ApiTags(type),
    ApiBearerAuth(),
    ApiOperation({
      summary: `Restore a ${title}`,
      operationId: `restore${title}`,
      description: 'Takes back its retraction. The version is in the problem that it answers with.',
    }),
    pathId(type),
    IfMatch,
    ApiHeader({
      name: 'X-Reason',
      required: true,
      description: 'Why it is restored; kept in the revision.',
    }),
    answer(200, 'The record, restored', title),
    problems(400, 401, 403, 404, 409, 412, 413, 415, 422, 428, 503),
  );
}

export function DescribeRevert(definition: RecordDefinition): MethodDecorator {
  const { title, type } = definition;
  return applyDecorators(
    ApiTags(type),
    ApiBearerAuth(),
    ApiOperation({
      summary: `Take a ${title} back to a version`,
      operationId: `revert${title}`,
      description: 'As a new revision. Who sees the record stays as it is now.',
    }),
    pathId(type),
    IfMatch,
    ApiHeader({ name: 'X-Reason', required: false, description: 'Why; kept in the revision.' }),
    bodyIs('Revert'),
    answer(200, 'The record as it was, with its new version', title),
    problems(400, 401, 403, 404, 409, 410, 412, 413, 415, 422, 428, 503),
  );
}
