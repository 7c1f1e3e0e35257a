import { createRequire } from 'node:module';
import type { QueryPlan, QueryPlanner as NativePlanner } from '@graphql-hive/router-query-planner';
import { Failure } from '../runtime/failure.ts';
import { readSupergraph, type Supergraph } from './engine/supergraph.ts';

export type {
  BatchFetchNode,
  FetchNode,
  FetchRewrite,
  FlattenNodePathSegment,
  PlanNode,
  QueryPlan,
  RequiresSelection,
} from '@graphql-hive/router-query-planner';

/** Which of the overrides that a supergraph declares are on. */
export interface Overrides {
  /** Labels of `@override(label:)` that are on. */
  readonly labels: ReadonlySet<string>;
  /** 0 to 100: an override with `percent(p)` is on when this is below p. */
  readonly percentage: number;
}

/** Plans operations over one supergraph. */
export interface Planner extends Supergraph {
  /** Labels and percentages that the supergraph's overrides name; both empty where there are none. */
  readonly overrideLabels: readonly string[];
  readonly overridePercentages: readonly number[];
  /** Takes an operation over the supergraph's planning text, without introspection. */
  plan(document: string, overrides: Overrides): QueryPlan;
}

interface Native {
  readonly QueryPlanner: typeof NativePlanner;
}

const require = createRequire(import.meta.url);
const native = (): Native => require('@graphql-hive/router-query-planner') as Native;

/**
 * A planner for this supergraph. Throws a Failure: INVALID_SUPERGRAPH for any other text, INVALID_CONFIGURATION on
 * a platform for which the planner has no binary.
 */
export function createPlanner(supergraph: string, load: () => Native = native): Planner {
  const read = readSupergraph(supergraph);
  const planner = open(read.requirements.planningText, load);
  return {
    ...read,
    overrideLabels: planner.overrideLabels,
    overridePercentages: planner.overridePercentages,
    plan(document, overrides) {
      try {
        return planner.plan(document, null, new Set(overrides.labels), overrides.percentage);
      } catch (cause) {
        throw new Failure('INTERNAL_SERVER_ERROR', 'No plan was found for the operation.', { cause });
      }
    },
  };
}

function open(supergraph: string, load: () => Native): NativePlanner {
  let library: Native;
  try {
    library = load();
  } catch (cause) {
    throw new Failure(
      'INVALID_CONFIGURATION',
      'The query planner has no binary for this platform: run on macOS or on Linux with glibc (x64 or arm64), not on musl (Alpine) or Windows.',
      { cause },
    );
  }
  try {
    return new library.QueryPlanner(supergraph);
  } catch (cause) {
    throw new Failure('INVALID_SUPERGRAPH', 'The planner does not accept the supergraph; compose it again.', {
      cause,
    });
  }
}
