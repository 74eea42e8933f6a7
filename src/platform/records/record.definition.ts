import type { Transaction } from '../prisma/transaction.js';
import type { RecordType } from '../../domain/vocabulary.js';
import { columnOf, fieldsOf, type BodyClass, type Field } from './field.js';

/** A record about to be stored: its whole body, and what it was before (null when it is new). */
export interface Candidate<Body extends object> {
  readonly id: string | null;
  readonly body: Body;
  readonly before: Body | null;
}

/** What a rule may use: the transaction, and the other kinds of record. */
export interface RuleContext {
  readonly tx: Transaction;
  readonly definitions: ReadonlyMap<RecordType, RecordDefinition>;
}

/** The rules of a resource, run within the transaction that stores the record. They throw what they refuse. */
export interface RecordRules<Body extends object> {
  /**
   * Asks the domain whether the record may be stored; locks what the answer rests on. What it asks of the database is sent
   * behind the statement that holds what the record names, without waiting for its answer: what is named may not be there.
   */
  check?(context: RuleContext, candidate: Candidate<Body>): Promise<void>;
  /** Makes what comes with a new record. */
  created?(context: RuleContext, id: string, body: Body): Promise<void>;
  /** Asks whether the record may be retracted; returns the records that go with it. */
  retracting?(context: RuleContext, id: string, body: Body): Promise<readonly Companion[]>;
  /** Returns the records that went with a retracted one: they come back with it. */
  restoring?(context: RuleContext, id: string): Promise<readonly Companion[]>;
  /** Asks whether the record may be purged; returns the records that go with it, retracted ones too. */
  purging?(context: RuleContext, id: string, body: Body): Promise<readonly Companion[]>;
}

/** A record that goes, and comes back, with another one. */
export interface Companion {
  readonly type: RecordType;
  readonly id: string;
}

/** All declared resources, by the word of their path. */
export const DEFINITIONS = Symbol('DEFINITIONS');
export type Definitions = ReadonlyMap<RecordType, RecordDefinition>;

/** How a resource is declared: everything else about it follows. */
export interface RecordDeclaration<Body extends object> {
  /** The word of its path and, with underscores, its table. */
  readonly type: RecordType;
  /** Its name in prose and in the OpenAPI document: `VoteEvent`. */
  readonly title: string;
  /** Its meaning, for the OpenAPI document. */
  readonly description: string;
  readonly body: BodyClass<Body>;
  /** Created and listed beneath another record only, at `/{type}/{id}/{segment}`, which gives `field`. */
  readonly nestedIn?: {
    readonly type: RecordType;
    readonly segment: string;
    readonly field: string;
  };
  /** The field that holds its name: sorted by, and made into a slug where there is one. */
  readonly nameField?: string;
  /** Its main date: sorted by. */
  readonly dateField?: string;
  /** The fields between which it holds: the `asOf` of its list. It ends with the last day of `end`, at the start of `revoked`. */
  readonly span?: { readonly start: string; readonly end?: string; readonly revoked?: string };
  /** Pairs of dates of which the second must not lie before the first. */
  readonly periods?: readonly (readonly [string, string])[];
  /** The reference whose merger is this record's merger, when it has no `mergerId` of its own. */
  readonly mergerVia?: string;
  /** References of which one is given, each optional by itself: the record requires the one that is. */
  readonly oneOf?: readonly string[];
  /** Two of these may turn out to be one, and be merged. */
  readonly mergeable?: boolean;
  readonly rules?: RecordRules<Body>;
}

/** A declared resource, whatever its body. */
export interface RecordDefinition extends Omit<RecordDeclaration<object>, 'rules'> {
  readonly table: string;
  readonly fields: readonly Field[];
  readonly hasSlug: boolean;
  readonly hasMerger: boolean;
  readonly rules: RecordRules<object>;
}

/** Declares a resource. */
export function defineRecord<Body extends object>(
  declaration: RecordDeclaration<Body>,
): RecordDefinition {
  const fields = fieldsOf(declaration.body);
  return {
    ...declaration,
    rules: declaration.rules ?? {},
    table: columnOf(declaration.type).replaceAll('-', '_'),
    fields,
    hasSlug: fields.some((field) => field.kind === 'slug'),
    hasMerger: fields.some((field) => field.name === 'mergerId'),
  };
}

/** Whether a list of these is searched by `q`: it has names. */
export function isSearchable(definition: RecordDefinition): boolean {
  return definition.hasSlug;
}

/** Where a nested resource is made and listed. */
export function requireNested(
  definition: RecordDefinition,
): NonNullable<RecordDefinition['nestedIn']> {
  if (!definition.nestedIn) throw new Error(`${definition.type} is beneath nothing`);
  return definition.nestedIn;
}
