import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Injectable, Logger } from '@nestjs/common';
import type { View } from '../../platform/auth/caller.js';
import { Problem } from '../../platform/errors/problem.js';
import type { Parameters } from '../../platform/http/query.reader.js';
import { writeCsv } from './csv.file.js';
import { Moments, type Moment } from './export.moment.js';
import { readExport, type ExportAsked } from './export.query.js';
import { sendAll } from './export.response.js';
import { ExportSettings } from './export.settings.js';
import { writeNdjson } from './ndjson.file.js';
import { Places } from './places.js';
import { writePopolo } from './popolo.file.js';

/** Who asks for what. */
interface Asking {
  readonly query: Parameters;
  readonly view: View;
  /** Whether it is asked without a key. */
  readonly isReader: boolean;
  /** Whether only the head of the answer is wanted. */
  readonly isHead: boolean;
}

/** Begins an answer with some headers; null when there is nobody to be told more. */
type Begin = (headers: OutgoingHttpHeaders) => ServerResponse | null;

/** A kind of file: its name, its type, and what it ends with when it could not be finished. */
interface Kind {
  readonly name: string;
  readonly type: string;
  readonly brokenOff: string;
  readonly write: (moment: Moment) => AsyncGenerator<string, undefined>;
}

/** All records of one moment as a file, sent while it is read. */
@Injectable()
export class ExportsService {
  private readonly logger = new Logger('Export');
  private readonly places = new Places();

  constructor(
    private readonly moments: Moments,
    private readonly settings: ExportSettings,
  ) {}

  /**
   * Sends a file. What fails before its first records is thrown; what fails later breaks the answer off.
   *
   * @throws Problem `validation_failed`, `too_many_exports`, `unavailable`
   */
  async send({ query, view, isReader, isHead }: Asking, begin: Begin): Promise<void> {
    const asked = readExport(query);
    const kind = kindOf(asked);
    const start = (): ServerResponse | null => begin(headersOf(kind));
    if (isHead) {
      start();
      return;
    }
    const { mostAtOnce, mostOfReaders, patience } = this.settings;
    if (!(await this.places.take(isReader ? mostOfReaders : mostAtOnce, patience)))
      throw new Problem('too_many_exports', 'Try again when others have got theirs.');
    try {
      await this.make(kind, await this.moments.begin(asked, view), start);
    } finally {
      this.places.give();
    }
  }

  private async make(
    { write, brokenOff }: Kind,
    moment: Moment,
    start: () => ServerResponse | null,
  ): Promise<void> {
    try {
      const text = write(moment);
      const first = await text.next();
      const response = start();
      if (response === null) return;
      const all = from(first.value ?? '', text);
      const { longest } = this.settings;
      await sendAll(response, all, { brokenOff, longest }).catch((error: unknown) => {
        this.logger.error(error instanceof Error ? (error.stack ?? error.message) : error);
      });
    } finally {
      await moment.end();
    }
  }
}

async function* from(
  first: string,
  rest: AsyncGenerator<string, undefined>,
): AsyncGenerator<string, undefined> {
  yield first;
  yield* rest;
}

function kindOf({ file }: ExportAsked): Kind {
  switch (file.format) {
    case 'popolo':
      return {
        name: 'accord-popolo.json',
        type: 'application/json; charset=utf-8',
        brokenOff: '\n{"broken off',
        write: writePopolo,
      };
    case 'ndjson':
      return {
        name: 'accord.ndjson',
        type: 'application/x-ndjson; charset=utf-8',
        brokenOff: '\n{"broken off',
        write: writeNdjson,
      };
    case 'csv':
      return {
        name: `accord-${file.resource}.csv`,
        type: 'text/csv; charset=utf-8; header=present',
        brokenOff: '\r\n"broken off',
        write: (moment) => writeCsv(moment, file.resource),
      };
  }
}

function headersOf({ name, type }: Kind): OutgoingHttpHeaders {
  return { 'content-type': type, 'content-disposition': `attachment; filename="${name}"` };
}
