import { connect, type Socket } from 'node:net';
import { STREAM_TYPE } from '../stream.body.js';
import type { FuzzRequest } from './requests.js';

/** An answer as its bytes came. */
export interface WireAnswer {
  readonly status: number;
  /** By their names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
}

/** One connection after another: each carries requests until one spoils it or the server ends it. */
export interface Lane {
  /** The answer, or why there was none. */
  ask(request: FuzzRequest): Promise<WireAnswer | string>;
  close(): void;
}

const PATIENCE = 15_000;

export function openLane(host: string, port: number): Lane {
  let current: Socket | undefined;
  return {
    ask: async (request) => {
      const reused = current !== undefined && request.orderly && isOpen(current);
      const socket = reused && current ? current : connect({ host, port, allowHalfOpen: true });
      if (!reused) current?.destroy();
      current = socket;
      const answer = await exchange(socket, request);
      if (!request.orderly || typeof answer === 'string' || isLast(answer)) {
        socket.destroy();
        current = undefined;
      }
      return answer;
    },
    close: () => current?.destroy(),
  };
}

/** Whether nothing can come after an answer: its connection is closed, or it has no end. */
function isLast({ headers }: WireAnswer): boolean {
  return headers.get('connection') === 'close' || headers.get('content-type') === STREAM_TYPE;
}

function isOpen(socket: Socket): boolean {
  return !socket.destroyed && !socket.readableEnded && socket.writable;
}

/** A client who cuts its request off says that it is at its end, and still listens. */
async function exchange(socket: Socket, request: FuzzRequest): Promise<WireAnswer | string> {
  const reading = readAnswer(socket, request);
  socket.write(request.head, 'latin1');
  for (const part of partsOf(request)) socket.write(part);
  if (isCutOff(request)) socket.end();
  return reading;
}

/** Whether the client itself leaves the request unfinished: then nobody owes it an answer. */
export function isCutOff({ framing, payload }: FuzzRequest): boolean {
  return framing === 'cut' || (framing === 'halfChunk' && payload !== null);
}

function partsOf({ framing, payload }: FuzzRequest): readonly (Buffer | string)[] {
  if (payload === null) return [];
  const size = `${payload.length.toString(16)}\r\n`;
  if (framing === 'chunked')
    return payload.length === 0 ? ['0\r\n\r\n'] : [size, payload, '\r\n0\r\n\r\n'];
  if (framing === 'halfChunk') return [size, payload.subarray(0, Math.floor(payload.length / 2))];
  return [payload];
}

async function readAnswer(socket: Socket, request: FuzzRequest): Promise<WireAnswer | string> {
  const isHead = request.head.startsWith('HEAD ');
  let bytes = Buffer.alloc(0);
  return new Promise((resolve) => {
    const finish = (result: WireAnswer | string): void => {
      clearTimeout(timer);
      socket.removeAllListeners();
      // What comes of a connection that nobody reads any more is nobody's matter.
      socket.on('error', () => undefined);
      resolve(result);
    };
    const timer = setTimeout(() => {
      finish(`no answer within ${String(PATIENCE)} ms`);
    }, PATIENCE);
    const take = (atEnd: boolean): void => {
      const answer = parseAnswer(bytes, { isHead, atEnd });
      if (answer !== undefined) finish(answer);
      else if (atEnd) finish(`the connection ended after ${String(bytes.length)} bytes`);
    };
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      take(false);
    });
    socket.on('end', () => {
      take(true);
    });
    socket.on('error', (error) => {
      finish(`the connection broke: ${error.message}`);
    });
  });
}

interface Reading {
  /** Whether the answer is to a HEAD, and so without a body. */
  readonly isHead: boolean;
  /** Whether the connection has ended. */
  readonly atEnd: boolean;
}

/** The first final answer in some bytes; undefined while it is not whole. */
function parseAnswer(bytes: Buffer, reading: Reading): WireAnswer | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const { status, headers } = parseHead(bytes.toString('latin1', 0, end));
  const rest = bytes.subarray(end + 4);
  if (status >= 100 && status < 200) return parseAnswer(rest, reading);
  const hasBody = !reading.isHead && status !== 204 && status !== 304;
  const text = hasBody ? parseBody(rest, headers, reading.atEnd) : '';
  return text === undefined ? undefined : { status, headers, text };
}

function parseHead(text: string): Pick<WireAnswer, 'status' | 'headers'> {
  const [line = '', ...lines] = text.split('\r\n');
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(line)?.[1] ?? 0);
  return { status, headers: new Map(lines.map((each) => splitHeader(each))) };
}

/** As long as its length says, or its last chunk, or the connection; the API itself always tells the length. */
function parseBody(
  rest: Buffer,
  headers: ReadonlyMap<string, string>,
  atEnd: boolean,
): string | undefined {
  const length = headers.get('content-length');
  if (length !== undefined)
    return rest.length < Number(length) ? undefined : rest.toString('utf8', 0, Number(length));
  // Without an end: that it began is enough.
  if (headers.get('content-type') === STREAM_TYPE) return rest.toString();
  const isChunked = headers.get('transfer-encoding') === 'chunked';
  const text = rest.toString();
  return atEnd || (isChunked && text.endsWith('0\r\n\r\n')) ? text : undefined;
}

function splitHeader(line: string): [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}
