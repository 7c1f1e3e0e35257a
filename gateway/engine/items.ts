import type { FieldNode, GraphQLCompositeType } from 'graphql';
import type { Verdict } from './clearance.ts';

/** A field that the client asked for. */
export interface FieldItem {
  readonly kind: 'field';
  /** Name in the answer: the client's alias. */
  readonly response: string;
  /** Name in the gathered data; given when all that is selected is known. */
  key: string;
  readonly name: string;
  /** Arguments as text, `(id: $id)`, or empty. */
  readonly arguments: string;
  readonly variables: ReadonlySet<string>;
  readonly node: FieldNode;
  readonly items: readonly Item[] | undefined;
  readonly verdict: Verdict;
}

/** Fields asked for under a type condition that not every object at this place fulfils. */
export interface ScopeItem {
  readonly kind: 'scope';
  readonly on: GraphQLCompositeType;
  readonly items: readonly Item[];
}

export type Item = FieldItem | ScopeItem;

/** Whether a field is answered without a value, because the caller may not have it. */
export function isWithheld({ verdict }: Pick<FieldItem, 'verdict'>): boolean {
  return verdict.refusal !== undefined || verdict.mask === 'NULL';
}

/** Coordinates of the personal data that is shown whole, each once. */
export function personalIn(items: readonly Item[]): readonly string[] {
  const found = items.flatMap((item): readonly string[] => [
    ...(item.kind === 'field' ? (item.verdict.personal ?? []) : []),
    ...personalIn(item.items ?? []),
  ]);
  return [...new Set(found)];
}
