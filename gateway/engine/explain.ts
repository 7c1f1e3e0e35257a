import type { FlattenNodePathSegment, PlanNode } from '../planner.ts';

/** A plan as a person reads it: steps with their subgraph, path and operation. */
export interface Explained {
  readonly kind: string;
  readonly system?: string;
  readonly path?: string;
  readonly operation?: string;
  readonly steps?: readonly Explained[];
}

/** The plan in a readable form. */
export function explain(node: PlanNode): Explained {
  switch (node.kind) {
    case 'Sequence':
    case 'Parallel': {
      const [only] = node.nodes;
      if (only && node.nodes.length === 1) return explain(only);
      return { kind: node.kind.toLowerCase(), steps: node.nodes.map(explain) };
    }
    case 'Flatten':
      return { ...explain(node.node), path: pathText(node.path) };
    case 'Fetch':
      return { kind: 'fetch', system: node.serviceName, operation: node.operation };
    case 'BatchFetch': {
      const paths = node.entityBatch.aliases.flatMap((alias) => alias.paths.map(pathText));
      return { kind: 'fetch', system: node.serviceName, path: paths.join(', '), operation: node.operation };
    }
    case 'Subscription':
      return { kind: 'subscription', system: node.primary.serviceName, operation: node.primary.operation };
    case 'Condition':
    case 'Defer':
      return { kind: node.kind.toLowerCase() };
  }
}

function pathText(path: readonly FlattenNodePathSegment[]): string {
  return path
    .map((segment) => {
      if (segment === '@') return '@';
      return 'Field' in segment ? segment.Field : `|[${segment.TypeCondition.join(', ')}]`;
    })
    .join('.')
    .replaceAll('.|', '|');
}
