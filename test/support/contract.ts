import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

type Json = Readonly<Record<string, unknown>>;

interface Header {
  readonly $ref?: string;
  readonly required?: boolean;
}

/** An answer as the document describes it. */
export interface Response {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, { readonly schema: Json }>>;
  /** By name, those that are there or may be. */
  readonly headers?: Readonly<Record<string, Header>>;
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
  readonly operations: readonly Operation[];
  /** The names of the parameters of a route that reads. */
  queries(path: string): readonly string[];
  /** The schema that a reference names; one that is none stays. */
  resolve(schema: Json): Json;
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
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
  formats.default(ajv);
  ajv.addFormat('iri', (text: string) => URL.canParse(text));
  // The document is no schema, only the schemas within it are: these are what strictness is for.
  ajv.addVocabulary(['openapi', 'paths', 'info', 'tags', 'servers', 'components']);
  ajv.addSchema({ ...document, $id: 'accord' }, undefined, false, false);
  const judges = new Map<string, ValidateFunction>();
  return {
    document,
    operations: operationsOf(document),
    queries: (path) =>
      ((document['paths'] as Paths)[path]?.['get']?.parameters ?? [])
        .filter((one) => one.in === 'query')
        .map(({ name }) => name),
    resolve: (schema) => {
      const { schemas } = document['components'] as {
        readonly schemas: Readonly<Record<string, Json>>;
      };
      return schemas[nameIn(schema['$ref'])] ?? schema;
    },
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
function operationsOf(document: Json): readonly Operation[] {
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

/** Responses that are described once and referred to, as if they stood where they are meant; their headers likewise. */
function resolved(responses: Operation['responses'], document: Json): Operation['responses'] {
  const { responses: shared, headers } = document['components'] as {
    readonly responses: Operation['responses'];
    readonly headers: Readonly<Record<string, Header>>;
  };
  return Object.fromEntries(
    Object.entries(responses).map(([status, given]) => {
      const response = shared[nameIn(given.$ref)] ?? given;
      const named = Object.entries(response.headers ?? {}).map(
        ([name, header]): [string, Header] => [name, headers[nameIn(header.$ref)] ?? header],
      );
      return [status, { ...response, headers: Object.fromEntries(named) }];
    }),
  );
}

function nameIn(ref: unknown): string {
  return String(ref).split('/').at(-1) ?? '';
}
