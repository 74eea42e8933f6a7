import { get, type IncomingMessage } from 'node:http';

/** An answer of Accord's, byte for byte: what the bare server replays. */
export interface Recorded {
  /** Names and values in turn, as they came; without those that Node writes itself. */
  readonly headers: readonly string[];
  /** Those of the 304 to whoever has it already. */
  readonly notModifiedHeaders: readonly string[];
  /** The body, in base64. */
  readonly body: string;
  readonly tag: string;
  readonly keepAliveSeconds: number;
}

const BY_NODE = ['date', 'connection', 'keep-alive'];

/** Asks for an address, and once more with the tag of the answer. */
export async function recordAnswer(url: string): Promise<Recorded> {
  const full = await answerTo(url, {});
  const tag = full.message.headers.etag;
  if (full.message.statusCode !== 200 || tag === undefined)
    throw new Error(`${url} answered ${String(full.message.statusCode)}, with no tag.`);
  const again = await answerTo(url, { 'if-none-match': tag });
  if (again.message.statusCode !== 304)
    throw new Error(`${url} answered ${String(again.message.statusCode)} to its own tag.`);
  const [, seconds = '5'] = /timeout=(\d+)/.exec(String(full.message.headers['keep-alive'])) ?? [];
  return {
    headers: headersOf(full.message),
    notModifiedHeaders: headersOf(again.message),
    body: full.body.toString('base64'),
    tag,
    keepAliveSeconds: Number(seconds),
  };
}

async function answerTo(
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<{ readonly message: IncomingMessage; readonly body: Buffer }> {
  // Node's client asks to close by itself where there is no agent.
  const message = await new Promise<IncomingMessage>((done, fail) => {
    get(url, { headers: { connection: 'keep-alive', ...headers } }, done).on('error', fail);
  });
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return { message, body: Buffer.concat(chunks) };
}

function headersOf({ rawHeaders }: IncomingMessage): readonly string[] {
  const kept: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = rawHeaders.slice(at, at + 2);
    if (!BY_NODE.includes(name.toLowerCase())) kept.push(name, value);
  }
  return kept;
}
