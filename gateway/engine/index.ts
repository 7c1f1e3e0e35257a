import { hash, randomUUID } from 'node:crypto';
import {
  getOperationAST,
  GraphQLError,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type GraphQLSchema,
  type ValidationRule,
} from 'graphql';
import type { Subgraph } from '../../runtime/executor.ts';
import type { FailureCode } from '../../runtime/failure.ts';
import { claimedPolicies, type Policies } from '../../schema/access.ts';
import type { Pseudonym } from '../../schema/masking.ts';
import { costs } from '../cost/index.ts';
import { createPlanner, type Overrides } from '../planner.ts';
import { lru } from '../../runtime/cache.ts';
import { refusalOf, type Refusal } from './answer.ts';
import { clearances, type Reader } from './clearance.ts';
import { prepareOperation, type Operation } from './operation.ts';
import { overrideChoice } from './overrides.ts';
import { fieldLimit, prototypeAlias, unconditionalSource } from './rules.ts';
import { refineScalars, type ParseScalar } from './scalars.ts';

export type { Answer, Refusal } from './answer.ts';
export { correlated } from './errors.ts';
export type { Explained } from './explain.ts';
export type { Operation } from './operation.ts';
export type { Subscription } from './subscription.ts';

export interface Limits {
  /** Prepared operations that are kept. Default 1000. */
  readonly operations?: number;
  /** Tokens of one document. Default 10000. */
  readonly tokens?: number;
  /** Fields that one operation selects when its fragments are spread out. Default 10000. */
  readonly fields?: number;
}

export interface EngineOptions {
  /** The text that composition wrote. */
  readonly supergraph: string;
  /** Where each subgraph is; called once for each, with its routing url, which may be empty. */
  readonly subgraphs: (name: string, url: string) => Subgraph;
  /** Checks of what callers give for the schema's own scalars, by name; a scalar without one takes anything. */
  readonly scalars?: Readonly<Record<string, ParseScalar>>;
  readonly limits?: Limits;
  /** Checks before those of the specification, e.g. depth or cost; their errors may bring a code of their own. */
  readonly rules?: readonly ValidationRule[];
  /** Which labelled overrides are on, asked for each operation. Default: no labels, and a percentage by chance. */
  readonly overrides?: () => Overrides;
  /** Whether a policy holds for a principal; once decided it is not asked again. Default: those that its claims name. */
  readonly policies?: Policies;
  /** Scope of which who has it may give a reason to be shown personal data whole; nobody may where absent. */
  readonly unmask?: string;
  /** What is shown for a personal value under the mask `HASH`. Default: what is good for this engine alone. */
  readonly pseudonym?: Pseudonym;
}

/** Answers operations over a supergraph. */
export interface Engine {
  /** The public schema. */
  readonly schema: GraphQLSchema;
  /** Parses, validates, plans and compiles, or gives the operation that it has kept. */
  prepare(document: string, operationName?: string | null): Operation | Refusal;
  /** Text that is the same for all who may be shown the same of the whole graph. */
  clearanceOf(reader: Reader): string;
}

/** Throws a Failure for a text that is not a supergraph. */
export function createEngine(options: EngineOptions): Engine {
  const planner = createPlanner(options.supergraph);
  const subgraphs = new Map(
    planner.subgraphs.map(({ name, url }) => [name, options.subgraphs(name, url)] as const),
  );
  const { schema } = planner;
  refineScalars(schema, options.scalars ?? {});
  const limits = { operations: 1000, tokens: 10_000, fields: 10_000, ...options.limits };
  const rules = [prototypeAlias, unconditionalSource, fieldLimit(limits.fields), ...(options.rules ?? [])];
  const prefix = freePrefix(schema);
  const { policies = claimedPolicies, unmask, pseudonym = pseudonymOfOwn() } = options;
  const cleared = clearances({ schema, readings: planner.readings, policies, unmask });
  const costOf = costs(options.supergraph, schema);
  const prepared = lru<Operation | Refusal>(limits.operations);
  const choose =
    options.overrides ?? (() => ({ labels: new Set<string>(), percentage: Math.random() * 100 }));
  const chosen = overrideChoice(planner.overrideLabels, planner.overridePercentages, choose);

  const prepare = (
    text: string,
    name: string | null | undefined,
    overrides: Overrides,
  ): Operation | Refusal => {
    let document: DocumentNode;
    try {
      document = parse(text, { maxTokens: limits.tokens });
    } catch (error) {
      if (!String(error).includes(tooLong)) return refusal('GRAPHQL_PARSE_FAILED', error);
      const sentence = `The document has more than ${limits.tokens} tokens; ask for less, or in several requests.`;
      return refusal('TOKEN_LIMIT_EXCEEDED', new GraphQLError(sentence));
    }
    // Limits first: some rules of the specification take a time that grows with the square of the document.
    for (const some of [rules, specifiedRules]) {
      const invalid = validate(schema, document, some, { maxErrors: 20 });
      if (invalid.length > 0) return refusal('GRAPHQL_VALIDATION_FAILED', ...invalid);
    }
    const operation = getOperationAST(document, name);
    if (!operation) {
      const message = name
        ? `The document has no operation called "${name}".`
        : 'The document has several operations: say with operationName which one to run.';
      return refusal('OPERATION_RESOLUTION_FAILURE', new GraphQLError(message));
    }
    // The specification's own rules let pass what is asked of a root that the schema does not have.
    if (!schema.getRootType(operation.operation)) {
      return refusal(
        'OPERATION_RESOLUTION_FAILURE',
        new GraphQLError(`The graph has no ${operation.operation}s.`),
      );
    }
    const cost = costOf(document, operation);
    const preparing = { planner, subgraphs, overrides, prefix, cost, clearances: cleared, pseudonym };
    return prepareOperation(preparing, document, operation);
  };

  return {
    schema,
    prepare(document, operationName) {
      const { key, overrides } = chosen();
      return prepared.get(`${key}${operationName ?? ''}\n${document}`, () =>
        prepare(document, operationName, overrides),
      );
    },
    clearanceOf: (reader) => cleared.keyOf(reader),
  };
}

/** How the parser says that it has given up. */
const tooLong = 'tokens. Parsing aborted';

function refusal(code: FailureCode, ...errors: readonly unknown[]): Refusal {
  return refusalOf(
    errors.map((error) => {
      const told = error instanceof GraphQLError ? error : new GraphQLError('The document cannot be read.');
      const { message, locations } = told;
      return { message, ...(locations ? { locations } : {}), extensions: { code, ...told.extensions } };
    }),
  );
}

/** Without a secret that others know, pseudonyms are the same only for as long as an engine is there. */
function pseudonymOfOwn(): Pseudonym {
  const secret = randomUUID();
  return (coordinate, value) =>
    hash('sha256', JSON.stringify([secret, coordinate, value]), 'base64url').slice(0, 11);
}

/** A prefix for names of our own that no field of the schema can be taken for. */
function freePrefix(schema: GraphQLSchema): string {
  const names = Object.values(schema.getTypeMap()).flatMap((type) =>
    isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)
      ? Object.keys(type.getFields())
      : [],
  );
  let prefix = '_';
  while (names.some((name) => name.startsWith(prefix))) prefix = `_${prefix}`;
  return prefix;
}
