import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

type Json = Readonly<Record<string, unknown>>;

/** An answer as the document describes it. */
interface Response {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, { readonly schema: Json }>>;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema?: Json;
}

/** A method at an address, as the document describes it. */
export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly operationId: string;
  readonly parameters: readonly Parameter[];
  readonly responses: Readonly<Record<string, Response>>;
  /** The schema of what is sent. */
  readonly body: Json | undefined;
  /** Whether it asks for a key. */
  readonly secured: boolean;
}

/** The OpenAPI document, and a judge of bodies. */
export interface Contract {
  readonly document: Json;
  readonly schemas: Json;
  /** The names of the parameters of a route that reads. */
  queries(path: string): readonly string[];
  /** What is wrong with a body. */
  faults(schema: Json, body: unknown): readonly string[];
}

interface Described {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly responses: Readonly<Record<string, Response>>;
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Json }>> };
  readonly security?: readonly object[];
}

type Paths = Readonly<Record<string, Readonly<Record<string, Described>>>>;

export function readContract(text: string): Contract {
  const document = JSON.parse(text) as Json;
  const { schemas } = document['components'] as { readonly schemas: Json };
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
  formats.default(ajv);
  // The document is no schema, only the schemas within it are: these are what strictness is for.
  ajv.addVocabulary(['openapi', 'paths', 'info', 'tags', 'servers', 'components']);
  ajv.addSchema({ ...document, $id: 'accord' }, undefined, false, false);
  const judges = new Map<string, ValidateFunction>();
  return {
    document,
    schemas,
    queries: (path) =>
      ((document['paths'] as Paths)[path]?.['get']?.parameters ?? [])
        .filter((one) => one.in === 'query')
        .map(({ name }) => name),
    faults: (schema, body) => {
      const absolute = JSON.stringify(schema).replaceAll('"$ref":"#', '"$ref":"accord#');
      const validate = judges.get(absolute) ?? ajv.compile(JSON.parse(absolute) as Json);
      judges.set(absolute, validate);
      if (validate(body)) return [];
      return (validate.errors ?? []).map(
        (error) => `${error.instancePath} ${String(error.message)} (${error.schemaPath})`,
      );
    },
  };
}

/** Every operation of the document. */
export function operationsOf({ document }: Contract): readonly Operation[] {
  return Object.entries(document['paths'] as Paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => ({
      method: method.toUpperCase(),
      path,
      operationId: described.operationId,
      parameters: described.parameters ?? [],
      responses: resolved(described.responses, document),
      body: described.requestBody?.content['application/json']?.schema,
      secured: (described.security ?? []).length > 0,
    })),
  );
}

/** Responses that are described once and referred to, as if they stood where they are meant. */
function resolved(responses: Operation['responses'], document: Json): Operation['responses'] {
  const { responses: shared } = document['components'] as {
    readonly responses: Operation['responses'];
  };
  return Object.fromEntries(
    Object.entries(responses).map(([status, response]) => [
      status,
      shared[response.$ref?.split('/').at(-1) ?? ''] ?? response,
    ]),
  );
}
