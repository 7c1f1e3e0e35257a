import { Kind, parse, type DocumentNode, type SelectionSetNode } from 'graphql';
import type { SubgraphResult } from '../../runtime/executor.ts';
import { Failure } from '../../runtime/failure.ts';
import type { FetchNode } from '../planner.ts';
import { call, type Fetch, type Settled } from './call.ts';
import { exposed, late, unusable, type Exposed } from './errors.ts';
import { missAll, missAt } from './failures.ts';
import { merger, renamed, treeOf, type Merge, type Tree } from './merge.ts';
import type { Data } from './representations.ts';
import { renames, rewriter } from './rewrites.ts';
import { failuresOf, type Run, type Step } from './run.ts';

/** What steps need of the supergraph and of the subgraphs. */
export interface Surroundings {
  readonly possible: ReadonlyMap<string, ReadonlySet<string>>;
  prepare(system: string, operation: string): Fetch;
}

/** A fetch of root fields. */
export function rootFetch(node: FetchNode, around: Surroundings): Step {
  const fetch = around.prepare(node.serviceName, node.operation);
  return rooted(node, around, () => fetch);
}

/** What the source of a subscription brings for one event. */
export function eventFetch(node: FetchNode, around: Surroundings): Step {
  return rooted(node, around, ({ event }) => {
    if (!event) throw new Failure('INTERNAL_SERVER_ERROR', 'A subscription was run without an event.');
    return { system: node.serviceName, prepared: event };
  });
}

function rooted(node: FetchNode, around: Surroundings, fetchOf: (run: Run) => Fetch): Step {
  const document = parse(node.operation, { noLocation: true });
  const names = renames(node.outputRewrites);
  const rewrite = rewriter(node.outputRewrites, around.possible);
  const tree = renamed(treeOf(document, operationSet(document)), names);
  const keys = new Set(tree.keys());
  const merge = mergerOf(tree, around);
  const pick = variablePicker(node.variableUsages);

  return (run, done) => {
    const fetch = fetchOf(run);
    call(run, fetch, pick(run), 1, (settled) => {
      const failed = failureOf(settled, fetch.system);
      if (failed) missAll(failuresOf(run), run.data, keys, failed);
      if (settled !== 'late') {
        rewrite?.(settled.data);
        if (settled.data) merge(run.data, settled.data);
        if (!failed) noteErrors(run, settled, fetch.system, keys, names);
      }
      done();
    });
  };
}

/** The failure of a whole fetch: nothing came, and no error says more precisely where. */
export function failureOf(settled: Settled, system: string): Exposed | undefined {
  if (settled === 'late') return late(system);
  const { data, errors } = settled;
  if (data !== null && data !== undefined) return undefined;
  if (errors?.some((error) => error.path && error.path.length > 0)) return undefined;
  return errors?.[0] ? exposed(errors[0], system) : unusable(system);
}

const noKeys: ReadonlySet<string> = new Set();

function noteErrors(
  run: Run,
  result: SubgraphResult,
  system: string,
  keys: ReadonlySet<string>,
  names: ReadonlyMap<string, string>,
): void {
  for (const error of result.errors ?? []) {
    const path = error.path?.map((key) => (typeof key === 'string' ? (names.get(key) ?? key) : key)) ?? [];
    const told = exposed(error, system);
    if (path.length === 0) missAll(failuresOf(run), run.data, keys, told);
    else missAt(failuresOf(run), run.data, path, result.data ? noKeys : keys, told);
  }
}

export function mergerOf(tree: Tree, around: Surroundings): Merge {
  return merger(tree, (name) => typeof name === 'string' && around.possible.get(name)?.has(name) === true);
}

/** The selection set of a document's only operation. */
export function operationSet(document: DocumentNode): SelectionSetNode {
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  return operation?.selectionSet ?? { kind: Kind.SELECTION_SET, selections: [] };
}

/** Only the variables that a fetch uses; one that the client left out stays left out. */
export function variablePicker(usages: readonly string[] | undefined): (run: Pick<Run, 'variables'>) => Data {
  if (!usages || usages.length === 0) return () => ({});
  return (run) => {
    // Without a prototype: a variable that is left out may be called `toString`.
    const picked: Data = { __proto__: null };
    for (const name of usages) {
      if (Object.hasOwn(run.variables, name)) picked[name] = run.variables[name];
    }
    return picked;
  };
}
