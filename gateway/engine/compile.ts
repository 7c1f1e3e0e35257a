import { Failure } from '../../runtime/failure.ts';
import type { PlanNode } from '../planner.ts';
import { batchFetch, entityFetch } from './entities.ts';
import { eventFetch, rootFetch, type Surroundings } from './fetch.ts';
import { collector, type Collector } from './paths.ts';
import { parallel, sequence, type Step } from './run.ts';

/** Compiles a plan into functions. `path` collects the objects that a fetch completes; absent at the root. */
export function compile(node: PlanNode, around: Surroundings, path?: Collector): Step {
  switch (node.kind) {
    case 'Sequence':
      return sequence(node.nodes.map((inner) => compile(inner, around, path)));
    case 'Parallel':
      return parallel(node.nodes.map((inner) => compile(inner, around, path)));
    case 'Flatten':
      return compile(node.node, around, collector(node.path, around.possible));
    case 'Fetch':
      return path ? entityFetch(node, path, around) : rootFetch(node, around);
    case 'BatchFetch':
      return batchFetch(node, around);
    case 'Subscription':
      return eventFetch(node.primary, around);
    case 'Condition':
    case 'Defer':
      // Conditions are decided before planning and `@defer` is not in the public schema.
      throw new Failure(
        'INTERNAL_SERVER_ERROR',
        `The plan has a node of kind ${node.kind}, which is not served.`,
      );
  }
}
