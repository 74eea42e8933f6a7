#!/usr/bin/env node
// The schema engine that `prisma` talks to, on every machine.
//
// Prisma's CLI downloads a native engine at its first verb (`generate` included) and fails where it cannot.
// This program takes its place: it speaks the CLI's JSON-RPC over stdin and stdout and hands the work to Prisma's
// own engine compiled to WebAssembly, which reaches Postgres through @prisma/adapter-pg. prisma.config.ts names it
// in PRISMA_SCHEMA_ENGINE_BINARY, so nobody runs another one. Its version is pinned to that of `prisma`.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import * as wasmGlue from '@prisma/schema-engine-wasm/schema_engine_bg';
import pg from 'pg';

const require = createRequire(import.meta.url);

// The types of Postgres' catalogs that decide below: "char" is one byte, bpchar is text.
const CHAR_OID = 18;
const BPCHAR_OID = 1042;

// The CLI parses stderr as JSON: a warning of Node or of pg in between would hide the real error.
process.removeAllListeners('warning');

await main(process.argv.slice(2));

async function main(args) {
  if (args.includes('--version') || args.includes('-V')) {
    loadWasm();
    console.log(`schema-engine-cli ${wasmGlue.version()}`);
    return;
  }
  const { url } = JSON.parse(valuesOf(args, '--datasource')[0] ?? '{}');
  const command = valuesOf(args, 'cli')[0];
  if (command === undefined) {
    loadWasm();
    serve(() => openEngine(url, valuesOf(args, '--datamodels')));
    return;
  }
  try {
    await runCommand(command, url);
  } catch (error) {
    reportToCli(error);
    process.exitCode = 1;
  }
}

/** What follows an option, which may be repeated and may hold several values. */
function valuesOf(args, option) {
  return args.flatMap((argument, index) => {
    if (argument !== option) return [];
    const rest = args.slice(index + 1);
    const end = rest.findIndex((value) => value.startsWith('--'));
    return rest.slice(0, end === -1 ? undefined : end);
  });
}

// --- One-off commands ---------------------------------------------------------------------------------------------

async function runCommand(command, url) {
  const database = databaseOf(url);
  const name = pg.escapeIdentifier(database);
  switch (command) {
    case 'can-connect-to-database':
      return withClient(url, (client) => client.query('SELECT 1'));
    case 'create-database':
      return withClient(withDatabase(url, 'postgres'), (client) =>
        client.query(`CREATE DATABASE ${name}`),
      );
    case 'drop-database':
      return withClient(withDatabase(url, 'postgres'), (client) =>
        client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
      );
    default:
      throw new Error(`This schema engine does not know the command ${command}.`);
  }
}

async function withClient(url, use) {
  const client = new pg.Client(connectionOf(url));
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/** The CLI drops the first line of stderr, then looks for an error in the native engine's log format. */
function reportToCli(error) {
  const code = { '3D000': 'P1003', '28P01': 'P1000', 28000: 'P1010' }[error.code] ?? 'P1001';
  const message = error.message || String(error.code ?? error);
  const line = {
    timestamp: new Date().toISOString(),
    level: 'ERROR',
    target: 'schema_engine::logger',
    fields: { message, error_code: code, is_panic: false },
  };
  process.stderr.write(`{}\n${JSON.stringify(line)}`);
}

// --- JSON-RPC -----------------------------------------------------------------------------------------------------

/** Answers requests one after the other: the engine holds one session and the CLI relies on the order. */
function serve(open) {
  let engine;
  let queue = Promise.resolve();
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    const request = JSON.parse(line);
    // A line without a method is the CLI's answer to our `print`; answering that would make it complain.
    if (request.method === undefined) return;
    queue = queue.then(async () => {
      try {
        engine ??= await open();
        await answer(engine, request);
      } catch (error) {
        send({ id: request.id, error: rpcError(error) });
      }
    });
  });
  lines.on('close', () => void queue.then(() => process.exit(0)));
}

async function answer(engine, { id, method, params }) {
  if (method === 'evaluateDataLoss') {
    // It needs a shadow database and cannot open one, unless the engine has opened one before: a diagnosis does.
    const { migrationsList, filters } = params;
    await engine.devDiagnostic({ migrationsList, filters });
  }
  const result =
    method === 'getDatabaseVersion' ? await engine.version(null) : await engine[method](params);
  if (method === 'diff' && result.stdout !== null && result.stdout !== undefined) {
    send({ id: randomUUID(), method: 'print', params: { content: result.stdout } });
  }
  send({ id, result: result ?? null });
}

function send(message) {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
}

function rpcError(error) {
  const message = String(error?.message ?? error);
  const data = {
    is_panic: false,
    message,
    meta: error?.meta ?? null,
    error_code: error?.code ?? null,
  };
  return { code: 4466, message: 'An error happened. Check the data field for details.', data };
}

// --- The engine ---------------------------------------------------------------------------------------------------

async function openEngine(url, schemaFiles) {
  const schemas = schemaFiles.map((path) => [path, readFileSync(path, 'utf8')]);
  // `migrate diff` names no schema on the command line, yet the engine must learn its provider from one.
  const datamodels = schemas.length > 0 ? schemas : [['schema.prisma', PROVIDER_ONLY]];
  const factory = bindMigrationAwareSqlAdapterFactory(new MigrationAdapterFactory(url));
  return wasmGlue.SchemaEngine.new({ datamodels }, () => undefined, factory);
}

const PROVIDER_ONLY = 'datasource db {\n  provider = "postgresql"\n}\n';

/** What a bundler does for an import of a .wasm file. */
function loadWasm() {
  globalThis.PRISMA_WASM_PANIC_REGISTRY = {
    set_message: (message) => process.stderr.write(`${message}\n`),
  };
  const glue = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const module = new WebAssembly.Module(readFileSync(glue.replace(/\.js$/, '.wasm')));
  const { exports } = new WebAssembly.Instance(module, { './schema_engine_bg.js': wasmGlue });
  wasmGlue.__wbg_set_wasm(exports);
  exports.__wbindgen_start();
}

// --- Postgres -----------------------------------------------------------------------------------------------------

/** Opens the sessions that the engine works in: one to the database itself, one to each shadow of it. */
class MigrationAdapterFactory {
  provider = 'postgres';
  adapterName = '@prisma/adapter-pg';
  #url;

  constructor(url) {
    this.#url = url;
  }

  async connect() {
    if (this.#url === undefined) throw new Error('This needs a database: set DATABASE_URL.');
    return connectTo(this.#url);
  }

  /** A shadow is an empty database into which migrations are replayed, to read off the schema they lead to. */
  async connectToShadowDb() {
    const name = `prisma_migrate_shadow_db_${randomUUID()}`;
    await withClient(this.#url, (client) => client.query(`CREATE DATABASE "${name}"`));
    const adapter = await connectTo(withDatabase(this.#url, name));
    const dispose = adapter.dispose.bind(adapter);
    adapter.dispose = async () => {
      await dispose();
      await withClient(this.#url, (client) => client.query(`DROP DATABASE "${name}" WITH (FORCE)`));
    };
    return adapter;
  }
}

async function connectTo(url) {
  const schema = schemaOf(url);
  if (schema !== undefined) {
    const name = pg.escapeIdentifier(schema);
    await withClient(url, (client) => client.query(`CREATE SCHEMA IF NOT EXISTS ${name}`));
  }
  // One session, never closed for being idle: the engine's advisory lock lives in it.
  const pool = { ...connectionOf(url), max: 1, idleTimeoutMillis: 0 };
  const adapter = await new PrismaPg(pool, schema === undefined ? {} : { schema }).connect();
  return readCatalogTypes(runScriptsWhole(adapter));
}

/** The adapter splits a script at every semicolon, which tears the bodies of functions: Postgres splits it right. */
function runScriptsWhole(adapter) {
  const pool = adapter.underlyingDriver();
  adapter.executeScript = async (script) => {
    await pool.query(script).catch((error) => adapter.onError(error));
  };
  return adapter;
}

/** The adapter refuses the catalogs' "char" columns, which the engine reads when it introspects. */
function readCatalogTypes(adapter) {
  const { queryRaw } = adapter;
  adapter.queryRaw = async (query) => {
    const { fields, rows } = await adapter.performIO(query);
    const readable = fields.map((field) =>
      field.dataTypeID === CHAR_OID ? { name: field.name, dataTypeID: BPCHAR_OID } : field,
    );
    const result = await queryRaw.call({ performIO: () => ({ fields: readable, rows }) }, query);
    result.columnTypes = result.columnTypes.map((type, index) =>
      fields[index].dataTypeID === CHAR_OID ? ColumnTypeEnum.Character : type,
    );
    return result;
  };
  return adapter;
}

// --- The connection URL -------------------------------------------------------------------------------------------

/** pg reads the rest of the URL by itself (TLS, sockets, options); `schema` is a word of Prisma's. */
function connectionOf(url) {
  const schema = schemaOf(url);
  const searchPath =
    schema === undefined ? {} : { options: `-c search_path=${quoteOption(schema)}` };
  return { connectionString: url, ...searchPath, connectionTimeoutMillis: 10_000 };
}

function schemaOf(url) {
  return new URL(url).searchParams.get('schema') ?? undefined;
}

function quoteOption(schema) {
  return pg.escapeIdentifier(schema).replace(/[\\ ]/g, '\\$&');
}

function databaseOf(url) {
  return decodeURIComponent(new URL(url).pathname.slice(1));
}

function withDatabase(url, database) {
  const other = new URL(url);
  other.pathname = `/${encodeURIComponent(database)}`;
  return other.href;
}
