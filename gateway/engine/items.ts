import type { FieldNode, GraphQLCompositeType } from 'graphql';

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
}

/** Fields asked for under a type condition that not every object at this place fulfils. */
export interface ScopeItem {
  readonly kind: 'scope';
  readonly on: GraphQLCompositeType;
  readonly items: readonly Item[];
}

export type Item = FieldItem | ScopeItem;
