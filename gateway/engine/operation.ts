import { OperationTypeNode, type DocumentNode, type OperationDefinitionNode } from 'graphql';
import type { RequestContext } from '../../runtime/context.ts';
import type { Subgraph } from '../../runtime/executor.ts';
import { Failure, type FailureCode } from '../../runtime/failure.ts';
import { localDeveloper } from '../../runtime/principal.ts';
import type { Pseudonym } from '../../schema/masking.ts';
import type { Cost } from '../cost/index.ts';
import type { Overrides, Planner } from '../planner.ts';
import { refusalOf, type Answer, type Refusal } from './answer.ts';
import { lru } from '../../runtime/cache.ts';
import type { Clearances, Reader } from './clearance.ts';
import { compile } from './compile.ts';
import { conditionNames } from './conditions.ts';
import type { AnswerError } from './errors.ts';
import { execute, type Compiled } from './execute.ts';
import { explain, type Explained } from './explain.ts';
import { introspector } from './introspection.ts';
import { isWithheld, personalIn, type FieldItem } from './items.ts';
import { planOperation, sourceOf, type Planned } from './plan.ts';
import { serialiser } from './serialise.ts';
import { shapingVariables } from './shaping.ts';
import { begin, sourceFor, type Source, type Subscription } from './subscription.ts';
import { coercer } from './variables.ts';

/** An operation that is ready to run any number of times. */
export interface Operation {
  readonly kind: 'query' | 'mutation' | 'subscription';
  /** As the document names it. */
  readonly name?: string;
  readonly cost: Cost;
  /**
   * Runs it. `variables` are as the client sent them, null or absent for none. Throws or rejects only for a fault of
   * our own.
   */
  run(variables: unknown, context: RequestContext): Answer | Refusal | Promise<Answer>;
  /** Coordinates of the personal data that an answer shows a reader whole; none where it would be refused. */
  personal(variables: unknown, reader: Reader): readonly string[];
  /** The plan for a reader, the local developer where none is given; `variables` decide `@skip` and `@include`. */
  explain(variables?: unknown, reader?: Reader): Explained;
  /**
   * Begins a subscription, which only has this way; absent for what only has the other. A refusal says why there
   * is none. `variables` and what it throws are as for `run`; the context is the
   * subscriber's, whose deadline is Infinity.
   */
  readonly subscribe?: (variables: unknown, context: RequestContext) => Promise<Subscription | Refusal>;
}

/** The answer to a subscription where only one answer can be given. */
const howToSubscribe: AnswerError = {
  message:
    'A subscription has many answers: ask for it with "accept: text/event-stream", or over a WebSocket of the protocol graphql-transport-ws.',
  extensions: { code: 'OPERATION_RESOLUTION_FAILURE' satisfies FailureCode },
};

export interface Preparing {
  readonly planner: Planner;
  readonly subgraphs: ReadonlyMap<string, Subgraph>;
  readonly overrides: Overrides;
  readonly prefix: string;
  readonly clearances: Clearances;
  /** As in `EngineOptions`. */
  readonly pseudonym: Pseudonym;
  readonly cost: Cost;
}

/** Ways to answer one operation that are kept compiled. */
const variants = 64;

/**
 * Prepares a valid operation: plans and compiles it, once for each combination of its conditions and of what its callers
 * may be shown that is asked for.
 */
export function prepareOperation(
  preparing: Preparing,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): Operation {
  const { planner, pseudonym } = preparing;
  const names = conditionNames(document, operation);
  const coerce = coercer(planner.schema, operation.variableDefinitions ?? []);
  const compiled = lru<Planned & Compiled>(variants);

  const allowed = preparing.clearances.of(document, operation);

  const variant = (variables: Readonly<Record<string, unknown>>, reader: Reader): Planned & Compiled => {
    const values = names.map((name) => Object.hasOwn(variables, name) && variables[name] === true);
    return compiled.get(`${allowed.keyOf(reader)} ${values.join()}`, () => {
      const conditions = new Map(names.map((name, index) => [name, values[index] === true]));
      const clearance = allowed.clearance(reader);
      const planned = planOperation({ ...preparing, document, operation, conditions, clearance });
      return { ...planned, ...compiledOf(planned) };
    });
  };

  const compiledOf = (planned: Planned): Compiled => {
    const written = serialiser(planner.schema, planned.root, planned.items, pseudonym);
    const around = {
      possible: planner.possibleTypes,
      prepare: (system: string, text: string) => ({ system, prepared: subgraph(system).prepare(text) }),
    };
    return {
      step: compile(planned.plan, around),
      serialiser: written,
      introspect: introspector(planner.schema, document, operation, written.introspection),
      personal: personalIn(planned.items),
    };
  };

  const subgraph = (name: string): Subgraph => {
    const found = preparing.subgraphs.get(name);
    if (!found) throw new Failure('INTERNAL_SERVER_ERROR', `The plan asks an unknown subgraph, ${name}.`);
    return found;
  };

  const sources = new WeakMap<Planned & Compiled, Source>();
  const source = (one: Planned & Compiled): Source => {
    const node = sourceOf(one.plan);
    const made = sources.get(one) ?? sourceFor(node, subgraph(node.serviceName));
    sources.set(one, made);
    return made;
  };

  let shaping: ReadonlySet<string> | undefined;
  const subscribe = async (given: unknown, context: RequestContext): Promise<Subscription | Refusal> => {
    const sent = given ?? {};
    const { values, errors } = coerce(sent);
    if (errors) return refusalOf(errors);
    const chosen = variant(values, context);
    const [refused] = chosen.items;
    if (refused?.kind === 'field' && isWithheld(refused)) return notCleared(refused);
    const execution = { given: sent as Readonly<Record<string, unknown>>, variables: values, context };
    return begin(chosen, source(chosen), execution, (shaping ??= shapingVariables(planner.schema, document)));
  };

  // What is the same for everybody is ready for the first who asks.
  if (names.length === 0 && allowed.keyOf(everything) === '') variant({}, everything);
  const lasting = operation.operation === OperationTypeNode.SUBSCRIPTION;
  return {
    kind: operation.operation,
    cost: preparing.cost,
    ...(lasting && { subscribe }),
    ...(operation.name && { name: operation.name.value }),
    run(given, context) {
      if (lasting) return refusalOf([howToSubscribe]);
      const sent = given ?? {};
      const { values, errors } = coerce(sent);
      if (errors) return refusalOf(errors);
      return execute(variant(values, context), {
        given: sent as Readonly<Record<string, unknown>>,
        variables: values,
        context,
      });
    },
    personal(given, reader) {
      const { values } = coerce(given ?? {});
      return values ? variant(values, reader).personal : [];
    },
    explain(given, reader = everything) {
      const { values } = coerce(given ?? {});
      return explain(variant(values ?? {}, reader).plan);
    },
  };
}

/** May be shown everything. */
const everything: Reader = { principal: localDeveloper };

/** The answer to a subscription whose events its caller may not hear. */
function notCleared({ verdict, response }: FieldItem): Refusal {
  const code: FailureCode = 'UNAUTHORIZED_FIELD_OR_TYPE';
  return refusalOf([{ message: verdict.refusal ?? '', path: [response], extensions: { code } }]);
}
