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
import { createPlanner, type Overrides } from '../planner.ts';
import { lru } from '../../runtime/cache.ts';
import type { AnswerError } from './errors.ts';
import { prepareOperation, type Operation } from './operation.ts';
import { overrideChoice } from './overrides.ts';
import { fieldLimit, prototypeAlias, unconditionalSource } from './rules.ts';
import { refineScalars, type ParseScalar } from './scalars.ts';

export type { Answer } from './answer.ts';
export type { Explained } from './explain.ts';
export type { Operation } from './operation.ts';
export type { Subscription } from './subscription.ts';

/** A document that cannot be run, told before anything is executed. */
export interface Refusal {
  readonly status: 400;
  readonly errors: readonly AnswerError[];
}

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
}

/** Answers operations over a supergraph. */
export interface Engine {
  /** The public schema. */
  readonly schema: GraphQLSchema;
  /** Parses, validates, plans and compiles, or gives the operation that it has kept. */
  prepare(document: string, operationName?: string | null): Operation | Refusal;
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
      return refusal('GRAPHQL_PARSE_FAILED', error);
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
    const preparing = { planner, subgraphs, overrides, prefix };
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
  };
}

function refusal(code: FailureCode, ...errors: readonly unknown[]): Refusal {
  return {
    status: 400,
    errors: errors.map((error) => {
      const told = error instanceof GraphQLError ? error : new GraphQLError('The document cannot be read.');
      const { message, locations } = told;
      return { message, ...(locations ? { locations } : {}), extensions: { code, ...told.extensions } };
    }),
  };
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
