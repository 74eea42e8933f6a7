/**
 * One decorator per kind of field: it validates (class-validator), documents (OpenAPI) and stores (columns, filters) the
 * field. The first argument is the field's meaning, for people.
 */
import { applyDecorators } from '@nestjs/common';
import { Type as Transform } from 'class-transformer';
import {
  Allow,
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNotEmptyObject,
  IsObject,
  IsString,
  IsUUID,
  IsUrl,
  Length,
  Matches,
  Max,
  Min,
  ValidateBy,
  ValidateIf,
  ValidateNested,
  IsDefined,
} from 'class-validator';
import { isPartialDate } from '../../domain/dates.js';
import type { RecordType } from '../../domain/vocabulary.js';
import { declareField, fieldsOf, type BodyClass, type Field, type JsonSchema } from './field.js';
import { isUuid } from '../http/text.js';
import { schemaOf } from './record.schema.js';

interface Options {
  readonly optional?: boolean;
  readonly fixed?: boolean;
}

const UUID: JsonSchema = { type: 'string', format: 'uuid' };
// A letter, a digit, a mark of punctuation or a sign: not only spaces, seen or unseen.
const VISIBLE = '[\\p{L}\\p{N}\\p{P}\\p{S}]';
const DATE_PATTERN =
  '^\\d{4}(-\\d{2}(-\\d{2}(T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,3})?)?(Z|[+-]\\d{2}:\\d{2}))?)?)?$';

/** Prose of 1 to `max` characters (200 unless told). */
export function Text(
  description: string,
  options: Options & { readonly max?: number } = {},
): PropertyDecorator {
  const max = options.max ?? 200;
  const schema = { type: 'string', minLength: 1, maxLength: max, pattern: VISIBLE };
  return field({ kind: 'text', description, schema }, options, [
    IsString(),
    Length(1, max),
    Matches(new RegExp(VISIBLE, 'u'), { message: '$property must not be blank' }),
  ]);
}

/** The readable address of a record; made from its name when it is left out. */
export function Slug(description: string): PropertyDecorator {
  const schema = { type: 'string', pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 100 };
  return field({ kind: 'slug', description, schema }, { optional: true }, [
    IsString(),
    Length(1, 100),
    Matches(/^[a-z0-9]+(-[a-z0-9]+)*$/, {
      message: '$property must be lower-case letters, digits and single hyphens',
    }),
    ValidateBy({
      name: 'isNoUuid',
      validator: {
        validate: (value) => !isUuid(value),
        defaultMessage: () => 'slug must not look like an id',
      },
    }),
  ]);
}

/** An absolute http or https address. */
export function Url(description: string, options: Options = {}): PropertyDecorator {
  // Any letters: an address is kept as people write it.
  const schema = { type: 'string', format: 'iri', maxLength: 2000 };
  return field({ kind: 'text', description, schema }, options, [
    IsUrl({ protocols: ['http', 'https'], require_protocol: true, require_tld: false }),
    Length(1, 2000),
  ]);
}

/** A partial date: a year, a month, a day, or an instant with an offset; kept as given. */
export function DateField(description: string, options: Options = {}): PropertyDecorator {
  const schema = {
    type: 'string',
    pattern: DATE_PATTERN,
    examples: ['2023', '2023-01', '2023-01-12'],
  };
  return field({ kind: 'date', description, schema }, options, [
    ValidateBy({
      name: 'isPartialDate',
      validator: {
        validate: (value) => typeof value === 'string' && isPartialDate(value),
        defaultMessage: () =>
          '$property must be a date that exists: 2023, 2023-01, 2023-01-12 or an instant with an offset',
      },
    }),
  ]);
}

/** A word of a closed vocabulary; left out, it is the fallback. */
export function Word(
  description: string,
  words: readonly string[],
  options: Options & { readonly fallback?: string } = {},
): PropertyDecorator {
  const schema = { type: 'string', enum: words };
  return field({ kind: 'word', description, schema, fallback: options.fallback ?? null }, options, [
    IsIn(words, { message: `$property must be one of ${words.join(', ')}` }),
  ]);
}

/** A whole number between two bounds. */
export function Whole(
  description: string,
  range: { readonly min: number; readonly max: number },
  options: Options & { readonly fallback?: number } = {},
): PropertyDecorator {
  const schema = { type: 'integer', minimum: range.min, maximum: range.max };
  return field(
    { kind: 'whole', description, schema, fallback: options.fallback ?? null },
    options,
    [IsInt(), Min(range.min), Max(range.max)],
  );
}

/** Yes or no; left out, it is the fallback. */
export function Flag(
  description: string,
  options: { readonly fallback: boolean | null },
): PropertyDecorator {
  return field(
    { kind: 'flag', description, schema: { type: 'boolean' }, fallback: options.fallback },
    { optional: true },
    [IsBoolean()],
  );
}

/** The id of another record, which exists and is not retracted. */
export function Reference(
  description: string,
  target: RecordType | 'recordType',
  options: Options & { readonly sameMerger?: boolean } = {},
): PropertyDecorator {
  const rest = { target, sameMerger: options.sameMerger ?? false };
  return field({ kind: 'reference', description, schema: UUID, ...rest }, options, [uuid()]);
}

/** The id of the record whose nested path the record is made at. */
export function FromPath(description: string, target: RecordType): PropertyDecorator {
  const declared = {
    kind: 'reference',
    description,
    schema: UUID,
    target,
    fixed: true,
    fromPath: true,
  } as const;
  return (prototype, name) => {
    declareField(prototype, { ...blank, ...declared, name: String(name) });
    Allow()(prototype, name);
  };
}

/** A list of ids, each once. */
export function References(
  description: string,
  target: RecordType,
  options: Options & { readonly sameMerger?: boolean; readonly max?: number } = {},
): PropertyDecorator {
  const max = options.max ?? 100;
  const least = options.optional ? {} : { minItems: 1 };
  const schema = { type: 'array', items: UUID, uniqueItems: true, ...least, maxItems: max };
  const fallback = options.optional ? [] : null;
  const rest = { target, sameMerger: options.sameMerger ?? false, fallback };
  return field({ kind: 'references', description, schema, ...rest }, options, [
    IsArray(),
    ArrayMaxSize(max),
    ArrayUnique((id: unknown) => (typeof id === 'string' ? id.toLowerCase() : id)),
    IsUUID('all', { each: true, message: 'each value in $property must be an id' }),
    ...(options.optional ? [] : [Length1()]),
  ]);
}

/** An object with exactly one of several ids. */
export function OneReference(
  description: string,
  shape: BodyClass<object>,
  options: { readonly sameMerger: boolean },
): PropertyDecorator {
  const targets = Object.fromEntries(
    fieldsOf(shape).flatMap((each) =>
      each.target === undefined || each.target === 'recordType' ? [] : [[each.name, each.target]],
    ),
  );
  const schema = { ...schemaOf(shape), minProperties: 1, maxProperties: 1 };
  return field(
    { kind: 'oneReference', description, schema, targets, sameMerger: options.sameMerger },
    { optional: true },
    [
      ...nested(shape),
      ValidateBy({
        name: 'hasOneKey',
        validator: {
          validate: (value) =>
            Object.values(Object(value) as object).filter((each) => each != null).length === 1,
          defaultMessage: () =>
            `$property must have exactly one of ${Object.keys(targets).join(', ')}`,
        },
      }),
    ],
  );
}

/** An object with fields of its own. */
export function Nested(
  description: string,
  shape: BodyClass<object>,
  options: Options = {},
): PropertyDecorator {
  return field({ kind: 'object', description, schema: schemaOf(shape) }, options, nested(shape));
}

/** A list of objects, at most 100 unless told. */
export function ListOf(
  description: string,
  shape: BodyClass<object>,
  max = 100,
): PropertyDecorator {
  const schema = { type: 'array', items: schemaOf(shape), maxItems: max };
  return field({ kind: 'list', description, schema, fallback: [] }, { optional: true }, [
    IsArray(),
    ArrayMaxSize(max),
    // ValidateNested takes null for nothing, and a list within the list for its objects.
    IsObject({ each: true, message: 'each value in $property must be an object' }),
    ValidateNested({ each: true, message: 'each value in $property must be an object' }),
    Transform(() => shape),
  ]);
}

const blank = { optional: false, fallback: null, fixed: false, fromPath: false, sameMerger: false };

/** Declares a field, with what validates it. */
export function field(
  declared: Pick<Field, 'kind' | 'description' | 'schema'> & Partial<Field>,
  options: Options,
  validators: readonly PropertyDecorator[],
): PropertyDecorator {
  const optional =
    options.optional ?? (declared.fallback !== undefined && declared.fallback !== null);
  const presence = optional
    ? ValidateIf((_, value) => value !== null && value !== undefined)
    : IsDefined({ message: '$property is required' });
  return (target, name) => {
    declareField(target, {
      ...blank,
      ...declared,
      name: String(name),
      optional,
      fixed: options.fixed ?? false,
    });
    applyDecorators(presence, ...validators)(target, name);
  };
}

function nested(shape: BodyClass<object>): PropertyDecorator[] {
  return [
    IsNotEmptyObject({ nullable: true }, { message: '$property must be an object' }),
    ValidateNested({ message: '$property must be an object' }),
    Transform(() => shape),
  ];
}

function uuid(): PropertyDecorator {
  return ValidateBy({
    name: 'isId',
    validator: { validate: isUuid, defaultMessage: () => '$property must be an id' },
  });
}

function Length1(): PropertyDecorator {
  return ValidateBy({
    name: 'isNotEmptyList',
    validator: {
      validate: (value) => Array.isArray(value) && value.length > 0,
      defaultMessage: () => '$property must not be empty',
    },
  });
}
