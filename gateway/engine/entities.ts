import { Kind, parse, type DocumentNode, type SelectionSetNode } from 'graphql';
import type { SubgraphError, SubgraphResult } from '../../runtime/executor.ts';
import type { BatchFetchNode, FetchNode, FetchRewrite, RequiresSelection } from '../planner.ts';
import { call } from './call.ts';
import { exposed, unusable, type Exposed } from './errors.ts';
import { missAll, missAt } from './failures.ts';
import { failureOf, mergerOf, operationSet, variablePicker, type Surroundings } from './fetch.ts';
import { renamed, treeOf, type Merge } from './merge.ts';
import { collector, type Collector } from './paths.ts';
import { projection, type Data, type Projection } from './representations.ts';
import { renames, rewriter } from './rewrites.ts';
import { failuresOf, type Run, type Step } from './run.ts';

/** One `_entities` field of a fetch. */
interface Batch {
  readonly alias: string;
  readonly variable: string;
  readonly collect: readonly Collector[];
  readonly projection: Projection;
  readonly rewrite: ((value: unknown) => void) | undefined;
  readonly names: ReadonlyMap<string, string>;
  /** What the fetch brings for an entity. */
  readonly keys: ReadonlySet<string>;
  readonly merge: Merge;
}

/** The entities that one run asks one batch for. */
interface Asked {
  readonly targets: readonly Data[];
  /** For each target the place of its representation. */
  readonly places: readonly number[];
  readonly representations: readonly Data[];
}

/** A fetch of entities at one path. */
export function entityFetch(node: FetchNode, collect: Collector, around: Surroundings): Step {
  const document = parse(node.operation, { noLocation: true });
  const entry = { alias: '_entities', representationsVariableName: 'representations', ...node };
  return fetchStep(node, [batch(entry, node.requires ?? [], [collect], document, around)], around);
}

/** Several entity fetches in one operation. */
export function batchFetch(node: BatchFetchNode, around: Surroundings): Step {
  const document = parse(node.operation, { noLocation: true });
  const batches = node.entityBatch.aliases.map((entry) => {
    const collect = entry.paths.map((path) => collector(path, around.possible));
    return batch(entry, entry.requires, collect, document, around);
  });
  return fetchStep(node, batches, around);
}

interface Entry {
  readonly alias: string;
  readonly representationsVariableName: string;
  readonly inputRewrites?: FetchRewrite[];
  readonly outputRewrites?: FetchRewrite[];
}

function batch(
  entry: Entry,
  requires: readonly RequiresSelection[],
  collect: readonly Collector[],
  document: DocumentNode,
  around: Surroundings,
): Batch {
  const names = renames(entry.outputRewrites);
  const tree = renamed(treeOf(document, entitySet(document, entry.alias)), names);
  return {
    alias: entry.alias,
    variable: entry.representationsVariableName,
    collect,
    projection: projection(requires, entry.inputRewrites, around.possible),
    rewrite: rewriter(entry.outputRewrites, around.possible),
    names,
    keys: new Set(tree.keys()),
    merge: mergerOf(tree, around),
  };
}

function entitySet(document: DocumentNode, alias: string): SelectionSetNode {
  const field = operationSet(document).selections.find(
    (selection) =>
      selection.kind === Kind.FIELD && (selection.alias?.value ?? selection.name.value) === alias,
  );
  const set = field?.kind === Kind.FIELD ? field.selectionSet : undefined;
  return set ?? { kind: Kind.SELECTION_SET, selections: [] };
}

function fetchStep(node: FetchNode | BatchFetchNode, batches: readonly Batch[], around: Surroundings): Step {
  const fetch = around.prepare(node.serviceName, node.operation);
  const pick = variablePicker(node.variableUsages);

  return (run, done) => {
    const variables = pick(run);
    const asked: Asked[] = [];
    let keys = 0;
    for (const one of batches) {
      const ask = askFor(run, one);
      asked.push(ask);
      keys += ask.representations.length;
      variables[one.variable] = ask.representations;
    }
    if (keys === 0) {
      done();
      return;
    }
    call(run, fetch, variables, keys, (settled) => {
      const failed = failureOf(settled, fetch.system);
      batches.forEach((one, index) => {
        const ask = asked[index];
        if (!ask || ask.targets.length === 0) return;
        if (failed || settled === 'late')
          missTargets(run, one, ask.targets, failed ?? unusable(fetch.system));
        else take(run, one, ask, settled, fetch.system);
      });
      done();
    });
  };
}

function askFor(run: Run, batch: Batch): Asked {
  const found: Data[] = [];
  for (const collect of batch.collect) collect(run.data, found);
  const { represent, identity, blocked } = batch.projection;
  const targets: Data[] = [];
  const places: number[] = [];
  const representations: Data[] = [];
  const known = found.length > 1 ? new Map<string, number>() : undefined;
  for (const entity of found) {
    const failure = run.failures && blocked(run.failures, entity);
    if (failure) {
      missAll(failuresOf(run), entity, batch.keys, failure.error);
      continue;
    }
    const representation = represent(entity);
    if (!representation) continue;
    targets.push(entity);
    const text = known && identity(representation);
    const place = text === undefined ? undefined : known?.get(text);
    places.push(place ?? representations.length);
    if (place !== undefined) continue;
    if (text !== undefined) known?.set(text, representations.length);
    representations.push(representation);
  }
  return { targets, places, representations };
}

function take(run: Run, batch: Batch, asked: Asked, result: SubgraphResult, system: string): void {
  const entities = result.data?.[batch.alias];
  if (!Array.isArray(entities)) {
    // One batch that fails takes the others of its operation with it, because `_entities` may not be null.
    const error = result.errors?.find(({ path }) => path?.[0] === batch.alias) ?? result.errors?.[0];
    missTargets(run, batch, asked.targets, error ? exposed(error, system) : unusable(system));
    return;
  }
  batch.rewrite?.(entities);
  const { targets, places } = asked;
  for (let index = 0; index < targets.length; index += 1) {
    const target = targets[index];
    const entity: unknown = entities[places[index] ?? 0];
    if (target && typeof entity === 'object' && entity !== null) batch.merge(target, entity as Data);
  }
  for (const error of result.errors ?? []) noteError(run, batch, asked, entities, error, system);
}

function missTargets(run: Run, batch: Batch, targets: readonly Data[], error: Exposed): void {
  for (const target of targets) missAll(failuresOf(run), target, batch.keys, error);
}

/** An error at `[alias, place, ...rest]` belongs to every entity that was asked for at that place. */
function noteError(
  run: Run,
  batch: Batch,
  asked: Asked,
  entities: readonly unknown[],
  error: SubgraphError,
  system: string,
): void {
  const [alias, place, ...rest] = error.path ?? [];
  if (alias !== undefined && alias !== batch.alias) return;
  const told = exposed(error, system);
  const path = rest.map((key) => (typeof key === 'string' ? (batch.names.get(key) ?? key) : key));
  asked.targets.forEach((target, index) => {
    const own = asked.places[index];
    if (place !== undefined && place !== own) return;
    const there =
      typeof place === 'number' && typeof entities[place] === 'object' && entities[place] !== null;
    if (path.length === 0) missAll(failuresOf(run), target, batch.keys, told);
    else missAt(failuresOf(run), target, path, there ? noKeys : batch.keys, told);
  });
}

const noKeys: ReadonlySet<string> = new Set();
