import {
  statusOf,
  titleOf,
  PROBLEMS,
  type ProblemCode,
} from '../../../src/platform/errors/problem.js';
import { VIOLATIONS, type ViolationCode } from '../../../src/domain/violation.js';
import type { Contract } from '../contract.js';
import { INSIDES } from '../refusals.js';
import type { FuzzRequest } from './requests.js';
import { isCutOff, type WireAnswer } from './wire.js';

const PROBLEM = { $ref: '#/components/schemas/Problem' };

/** What is wrong with an answer, or with there being none; null when all is well. */
export function faultOf(
  contract: Contract,
  request: FuzzRequest,
  answer: WireAnswer | string,
): string | null {
  if (typeof answer === 'string') return isCutOff(request) ? null : answer;
  const { status, text } = answer;
  const [inside] = INSIDES.exec(text) ?? [];
  if (inside !== undefined) return `the body tells of our insides: ${inside}`;
  if (status < 200 || status >= 500) return `the status is ${String(status)}`;
  if (status < 400 || request.head.startsWith('HEAD ')) return null;
  return problemFault(contract, answer);
}

/** Whether a problem is told as the document says, with a code that we know and the status that belongs to it. */
function problemFault(contract: Contract, { status, headers, text }: WireAnswer): string | null {
  const type = headers.get('content-type') ?? 'none';
  if (!type.startsWith('application/problem+json')) return `the content type is ${type}`;
  const body = parsed(text);
  const faults = contract.faults(PROBLEM, body);
  if (faults.length > 0) return `no problem: ${faults.join(', ')}`;
  const problem = body as { readonly type: string; readonly code: string } & object;
  if (!isKnown(problem.code)) return `nobody knows the code ${problem.code}`;
  const expected = {
    type: `urn:accord:problem:${problem.code}`,
    status: statusOf(problem.code),
    title: titleOf(problem.code),
  };
  const told = { ...expected, ...problem };
  if (status !== expected.status) return `the code ${problem.code} is answered with another status`;
  const isAsExpected = Object.entries(expected).every(
    ([name, value]) => told[name as keyof typeof expected] === value,
  );
  return isAsExpected ? null : `type, status or title do not belong to the code ${problem.code}`;
}

function isKnown(code: string): code is ProblemCode | ViolationCode {
  return Object.hasOwn(PROBLEMS, code) || Object.hasOwn(VIOLATIONS, code);
}

/** The JSON of a text; the text itself when it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
