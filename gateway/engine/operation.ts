import { type DocumentNode, type OperationDefinitionNode } from 'graphql';
import type { RequestContext } from '../../runtime/context.ts';
import type { Subgraph } from '../../runtime/executor.ts';
import { Failure } from '../../runtime/failure.ts';
import type { Overrides, Planner } from '../planner.ts';
import { refusedAnswer, type Answer } from './answer.ts';
import { lru } from './cache.ts';
import { compile } from './compile.ts';
import { conditionNames } from './conditions.ts';
import { execute, type Compiled } from './execute.ts';
import { explain, type Explained } from './explain.ts';
import { introspector } from './introspection.ts';
import { planOperation, type Planned } from './plan.ts';
import { serialiser } from './serialise.ts';
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
}

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

  if (names.length === 0) variant({});
  return {
    kind: operation.operation,
    ...(operation.name && { name: operation.name.value }),
    run(given, context) {
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
