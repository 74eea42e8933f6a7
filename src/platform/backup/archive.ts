import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { extract, pack, type Header, type Pack } from 'tar-stream';

/** What stands first in a backup. */
export interface About {
  readonly format: 1;
  /** The major version of Postgres whose files they are. */
  readonly postgres: string;
  /** With which the restored server lets us in. */
  readonly password: string;
  /** What was in ACCORD_DATA/admin-key; null when there was none. */
  readonly adminKey: string | null;
}

const ABOUT = 'accord.json';
const CHUNK = 1 << 20;

type Kind = Header['type'];
const KINDS: ReadonlySet<Kind> = new Set(['file', 'directory']);

/** A backup that is being written: a tar, gzipped. */
export class Archive {
  private constructor(private readonly tar: Pack) {}

  /**
   * Writes a file to the disk, for its owner's eyes only.
   *
   * @param fill adds what is in it
   */
  static async write(
    file: string,
    about: About,
    fill: (archive: Archive) => Promise<void>,
  ): Promise<void> {
    const tar = pack();
    const archive = new Archive(tar);
    const filled = async (): Promise<void> => {
      archive.addText(ABOUT, JSON.stringify(about));
      await fill(archive);
      tar.finalize();
    };
    const target = createWriteStream(file, { mode: 0o600, flush: true });
    const written = pipeline(tar, createGzip({ level: 1 }), target);
    await Promise.all([
      written,
      filled().catch((error: unknown) => {
        tar.destroy();
        throw error;
      }),
    ]).catch(async (error: unknown) => {
      await written.catch(() => undefined);
      throw error;
    });
  }

  addText(name: string, text: string): void {
    this.tar.entry({ name, mode: 0o600 }, text);
  }

  addFolder(name: string): void {
    this.tar.entry({ name, type: 'directory', mode: 0o700 });
  }

  /** Adds a file as long as it is now: what is added to it meanwhile is left out, what is cut off is zeros. Returns whether it was there. */
  async addFile(name: string, path: string): Promise<boolean> {
    const handle = await open(path).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    });
    if (handle === undefined) return false;
    try {
      const { size } = await handle.stat();
      await pipeline(
        Readable.from(contentsOf(handle, size)),
        this.tar.entry({ name, size, mode: 0o600 }),
      );
      return true;
    } finally {
      await handle.close();
    }
  }
}

async function* contentsOf(handle: FileHandle, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < size;) {
    const chunk = Buffer.alloc(Math.min(CHUNK, size - at));
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, at);
    yield bytesRead === 0 ? chunk : chunk.subarray(0, bytesRead);
    at += bytesRead === 0 ? chunk.length : bytesRead;
  }
}

/**
 * Says what a backup is.
 *
 * @throws Error when it is none
 */
export async function readAbout(file: string): Promise<About> {
  let about: About | undefined;
  await eachEntry(file, async (name, contents) => {
    about = name === ABOUT ? toAbout(await textOf(contents)) : undefined;
    return false;
  });
  if (about === undefined) throw new Error(`${file} is no backup of Accord.`);
  return about;
}

/** Unpacks what is below `data/` into a folder that is there. What leads out of it is refused, and so is what is neither a file nor a folder. */
export async function unpackData(file: string, folder: string): Promise<void> {
  await eachEntry(file, async (name, contents, type) => {
    if (!name.startsWith('data/')) {
      contents.resume();
      return true;
    }
    const path = join(folder, name.slice('data/'.length));
    if (!`${path}${sep}`.startsWith(`${resolve(folder)}${sep}`) || !KINDS.has(type))
      throw new Error(`${file} names ${name}.`);
    const isFolder = type === 'directory';
    await mkdir(isFolder ? path : dirname(path), { recursive: true, mode: 0o700 });
    if (isFolder) contents.resume();
    else await pipeline(contents, createWriteStream(path, { mode: 0o600 }));
    return true;
  });
}

/** @param take says whether to go on */
async function eachEntry(
  file: string,
  take: (name: string, contents: Readable, type: Kind) => Promise<boolean>,
): Promise<void> {
  const entries = extract();
  const stop = new AbortController();
  const read = pipeline(createReadStream(file), createGunzip(), entries, { signal: stop.signal });
  const whole = read.catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  const takeAll = async (): Promise<void> => {
    for await (const entry of entries) {
      const { name, type } = entry.header;
      if (!(await take(name, entry as unknown as Readable, type))) {
        stop.abort();
        return;
      }
    }
  };
  try {
    // An entry that is cut off may neither end nor fail by itself.
    await Promise.all([takeAll(), whole]);
  } catch (error) {
    throw new Error(`${file} cannot be read to its end: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

async function textOf(contents: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of contents as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function toAbout(text: string): About | undefined {
  const about = JSON.parse(text) as Partial<About>;
  const isOurs = about.format === 1 && typeof about.postgres === 'string';
  return isOurs && typeof about.password === 'string' ? (about as About) : undefined;
}
