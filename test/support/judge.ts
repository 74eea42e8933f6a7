import { type Contract, type Operation, type Response } from './contract.js';

/** What was asked for: the path as it went over the wire, with its query. */
export interface Question {
  readonly method: string;
  readonly path: string;
}

/** What came back; `body` is parsed when it is JSON. */
export interface Judged {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: unknown;
}

/** What is wrong with an answer, by the document. */
export type Judge = (question: Question, answer: Judged) => readonly string[];

/** Served without being described: the document itself, and the pages that show it. */
const UNDESCRIBED = /^GET \/(v1\/openapi\.json|docs([-/].*)?)$/;

/** What may be said to a request that is for none of the routes: not here, not understood, or one too many. */
const TO_NO_ROUTE = [404, 400, 429];

/** What may be said of a body where none is taken, beside what is described: not read, too large, of no type of ours. */
const OF_A_STRAY_BODY = [400, 413, 415];

const PROBLEM: Response = {
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

/**
 * A judge of every answer: its status is described at the route that was asked, and its type, its body and the headers that
 * must be there are as described. HEAD is answered as GET, without a body; OPTIONS with 204 everywhere.
 */
export function judgeBy(contract: Contract): Judge {
  const operations = contract.operations.map((operation) => ({
    operation,
    pattern: new RegExp(`^${operation.path.replaceAll(/\{\w+\}/g, '[^/]*')}$`),
  }));
  const routeOf = (method: string, path: string): Operation | undefined =>
    operations.find(({ operation, pattern }) => operation.method === method && pattern.test(path))
      ?.operation;
  return ({ method, path }, answer) => {
    const address = addressOf(path);
    const asked = method === 'HEAD' ? 'GET' : method;
    const isBare = method === 'HEAD' || [204, 304].includes(answer.status);
    const faults = isBare && answer.text !== '' ? ['has a body'] : [];
    if (method === 'OPTIONS') faults.push(...(answer.status === 204 ? [] : ['is no 204']));
    else if (!UNDESCRIBED.test(`${asked} ${address}`) || answer.status >= 400)
      faults.push(...faultsAt(contract, routeOf(asked, address), answer, method === 'HEAD'));
    return faults.map((fault) => `${method} ${path} ${String(answer.status)}: ${fault}`);
  };
}

/** A HEAD's body is not there to be judged. */
function faultsAt(
  contract: Contract,
  route: Operation | undefined,
  answer: Judged,
  isHead: boolean,
): readonly string[] {
  const described = route?.responses[String(answer.status)] ?? toStrays(route)[answer.status];
  if (described === undefined) return ['the status is not described'];
  const missing = missingHeaders(described, answer.headers);
  if (described.content === undefined)
    return answer.text === '' ? missing : [...missing, 'should have no body'];
  const type = String(answer.headers.get('content-type')).replace(/;.*/, '');
  const schema = described.content[type]?.schema;
  if (schema === undefined) return [...missing, `the type ${type} is not described`];
  if (isHead) return missing;
  const body = /[/+]json$/.test(type) ? answer.body : answer.text;
  return [...missing, ...contract.faults(schema, body)];
}

function missingHeaders(described: Response, headers: Headers): readonly string[] {
  return Object.entries(described.headers ?? {})
    .filter(([name, { required }]) => required === true && !headers.has(name))
    .map(([name]) => `has no ${name}`);
}

/** What a request may get that is for no route, or has a body where none is taken. */
function toStrays(route: Operation | undefined): Readonly<Record<number, Response>> {
  const statuses = route === undefined ? TO_NO_ROUTE : route.body ? [] : OF_A_STRAY_BODY;
  return Object.fromEntries(statuses.map((status) => [status, PROBLEM]));
}

/** The path as the router matches it: without its query, and escapes are what they stand for. */
function addressOf(path: string): string {
  const [address = ''] = path.replace(/^https?:\/\/[^/]*/, '').split(/[?#]/);
  try {
    return decodeURI(address);
  } catch {
    // Half an escape is at no address.
    return '';
  }
}
