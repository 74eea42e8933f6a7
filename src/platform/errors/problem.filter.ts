import {
  Catch,
  HttpException,
  Logger,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { RuleViolation, type ViolationCode } from '../../domain/violation.js';
import { drain } from '../http/drain.js';
import { CONSTRAINTS, readDatabaseError, type DatabaseError } from './database.errors.js';
import { Problem, statusOf, titleOf, type ProblemCode } from './problem.js';

/** An answer in the form of RFC 9457. */
export interface ProblemBody extends Readonly<Record<string, unknown>> {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ProblemCode | ViolationCode;
  readonly detail: string;
}

/** Turns every error into a problem. Nobody else catches. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Problem');

  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    sendProblem(reply, error, (bug) => {
      this.logger.error(bug instanceof Error ? (bug.stack ?? bug.message) : bug);
    });
  }
}

/** Answers with the problem that an error is; a bug is told to `report`, the caller learns nothing of it. */
export function sendProblem(
  reply: FastifyReply,
  error: unknown,
  report: (bug: unknown) => void,
): void {
  if (reply.sent) return;
  const { body, headers } = problemOf(error);
  if (body.status === 500) report(error);
  const send = (): void =>
    void reply
      .status(body.status)
      .headers({ ...headers, ...(body.status === 503 ? { 'retry-after': '1' } : {}) })
      .header('content-type', 'application/problem+json; charset=utf-8')
      .send(JSON.stringify(body));
  if (body.code === 'body_too_large') void drain(reply.request.raw).then(send);
  else send();
}

/** The problem of a code as JSON, for an answer that no reply carries. */
export function problemText(code: ProblemCode): string {
  return JSON.stringify(problemBody(code, titleOf(code)));
}

function problemOf(error: unknown): {
  body: ProblemBody;
  headers: Readonly<Record<string, string>>;
} {
  if (error instanceof Problem) {
    return { body: problemBody(error.code, error.detail, error.extra), headers: error.headers };
  }
  return { body: bodyOf(error), headers: {} };
}

function bodyOf(error: unknown): ProblemBody {
  if (error instanceof RuleViolation) {
    return problemBody(error.code, error.detail, blaming(error.pointer, error.detail));
  }
  const database = readDatabaseError(error);
  return database === null ? ofStatus(httpStatusOf(error)) : ofDatabase(database);
}

function ofDatabase(error: DatabaseError): ProblemBody {
  switch (error.kind) {
    case 'unavailable':
      return ofStatus(503);
    case 'invalid':
      return ofStatus(400);
    case 'unknown':
      return ofStatus(500);
    case 'constraint': {
      const [code, pointer] = CONSTRAINTS[error.name] ?? ['constraint_violated' as const];
      return problemBody(code, titleOf(code), blaming(pointer, titleOf(code)));
    }
  }
}

function ofStatus(status: number): ProblemBody {
  const isRefusal = status >= 400 && status < 500;
  const code = CODE_OF_STATUS[status] ?? (isRefusal ? 'bad_request' : 'internal');
  return problemBody(code, titleOf(code));
}

const CODE_OF_STATUS: Readonly<Record<number, ProblemCode>> = {
  400: 'bad_request',
  404: 'not_found',
  413: 'body_too_large',
  // Of Fastify: an id longer than any id.
  414: 'not_found',
  415: 'unsupported_media_type',
  503: 'unavailable',
};

/** The status of an error of Nest or of Fastify. */
function httpStatusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  if (error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number')
    return error.statusCode;
  return 500;
}

function problemBody(
  code: ProblemCode | ViolationCode,
  detail: string,
  extra: Readonly<Record<string, unknown>> = {},
): ProblemBody {
  return {
    type: `urn:accord:problem:${code}`,
    title: titleOf(code),
    status: statusOf(code),
    code,
    detail,
    ...extra,
  };
}

function blaming(pointer: string | undefined, detail: string): Readonly<Record<string, unknown>> {
  return pointer === undefined ? {} : { errors: [{ pointer, detail }] };
}
