import { OperationTypeNode, type DocumentNode, type OperationDefinitionNode } from 'graphql';
import type { RequestContext } from '../../runtime/context.ts';
import type { Subgraph } from '../../runtime/executor.ts';
import { Failure, type FailureCode } from '../../runtime/failure.ts';
import type { Overrides, Planner } from '../planner.ts';
import { refusedAnswer, type Answer } from './answer.ts';
import { lru } from '../../runtime/cache.ts';
import { compile } from './compile.ts';
import { conditionNames } from './conditions.ts';
import type { AnswerError } from './errors.ts';
import { execute, type Compiled } from './execute.ts';
import { explain, type Explained } from './explain.ts';
import { introspector } from './introspection.ts';
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
  /**
   * Runs it. `variables` are as the client sent them, null or absent for none. Throws or rejects only for a fault of
   * our own.
   */
  run(variables: unknown, context: RequestContext): Answer | Promise<Answer>;
  /** The plan; `variables` decide `@skip` and `@include`. */
  explain(variables?: unknown): Explained;
  /**
   * Begins a subscription, which only has this way; absent for what only has the other. An answer in place of a
   * subscription says why there is none. `variables` and what it throws are as for `run`; the context is the
   * subscriber's, whose deadline is Infinity.
   */
  readonly subscribe?: (variables: unknown, context: RequestContext) => Promise<Subscription | Answer>;
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
}

/** Values of conditions that are kept compiled for one operation. */
const variants = 32;

/** Prepares a valid operation: plans and compiles it, once for each combination of its conditions that is asked for. */
export function prepareOperation(
  preparing: Preparing,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): Operation {
  const { planner } = preparing;
  const names = conditionNames(document, operation);
  const coerce = coercer(planner.schema, operation.variableDefinitions ?? []);
  const compiled = lru<Planned & Compiled>(variants);

  const variant = (variables: Readonly<Record<string, unknown>>): Planned & Compiled => {
    const values = names.map((name) => Object.hasOwn(variables, name) && variables[name] === true);
    return compiled.get(values.join(), () => {
      const conditions = new Map(names.map((name, index) => [name, values[index] === true]));
      const planned = planOperation({ ...preparing, document, operation, conditions });
      return { ...planned, ...compiledOf(planned) };
    });
  };

  const compiledOf = (planned: Planned): Compiled => {
    const written = serialiser(planner.schema, planned.root, planned.items);
    const around = {
      possible: planner.possibleTypes,
      prepare: (system: string, text: string) => ({ system, prepared: subgraph(system).prepare(text) }),
    };
    return {
      step: compile(planned.plan, around),
      serialiser: written,
      introspect: introspector(planner.schema, document, operation, written.introspection),
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
  const subscribe = async (given: unknown, context: RequestContext): Promise<Subscription | Answer> => {
    const sent = given ?? {};
    const { values, errors } = coerce(sent);
    if (errors) return refusedAnswer(errors);
    const chosen = variant(values);
    const execution = { given: sent as Readonly<Record<string, unknown>>, variables: values, context };
    return begin(chosen, source(chosen), execution, (shaping ??= shapingVariables(planner.schema, document)));
  };

  if (names.length === 0) variant({});
  const lasting = operation.operation === OperationTypeNode.SUBSCRIPTION;
  return {
    kind: operation.operation,
    ...(lasting && { subscribe }),
    ...(operation.name && { name: operation.name.value }),
    run(given, context) {
      if (lasting) return refusedAnswer([howToSubscribe]);
      const sent = given ?? {};
      const { values, errors } = coerce(sent);
      if (errors) return refusedAnswer(errors);
      return execute(variant(values), {
        given: sent as Readonly<Record<string, unknown>>,
        variables: values,
        context,
      });
    },
    explain(given) {
      const { values } = coerce(given ?? {});
      return explain(variant(values ?? {}).plan);
    },
  };
}
