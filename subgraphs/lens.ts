import type { EntityName, GovernedAttribute } from '../schema/generated/contracts.ts';
import type { Where } from './connector.ts';

/** How one attribute is found in a system's own record, and put back. Pure. */
export interface Lens<R, V> {
  readonly kind: 'lens';
  /** The record's own fields that `get` reads. */
  readonly fields: readonly (keyof R & string)[];
  readonly get: (record: Partial<R>) => V | null;
  /** The fields to write for a value; null clears. Absent where the system alone decides the value. */
  readonly put?: (value: V | null) => Partial<R>;
}

/** The attribute is another entity of the same kind, which the record names by its local key. */
export interface Link<R> {
  readonly kind: 'link';
  readonly fields: readonly (keyof R & string)[];
  readonly get: (record: Partial<R>) => Local | null;
  readonly put?: (value: Local | null) => Partial<R>;
}

/** Rows that come with the record itself; cut into pages here. */
export interface Embedded<R, Node, Args> {
  readonly kind: 'embedded';
  readonly fields: readonly (keyof R & string)[];
  readonly rows: (record: Partial<R>, args: Args) => readonly Node[];
  /** The fields to write for all rows together, in place of those of the record as it is. */
  readonly put?: (nodes: readonly Node[], present: Partial<R>) => Partial<R>;
}

/** Rows that the system lists page by page. */
export interface Listed<Row, Node, Args> {
  readonly kind: 'listed';
  /** The system's own name of the rows. */
  readonly of: string;
  readonly node: (row: Row) => Node;
  /** The arguments in the system's own words. */
  readonly where: (args: Args) => Where;
  /** Whether the rows are entities themselves, each a `Local`. */
  readonly entities?: true;
}

/** An entity of this system, by its local key. */
export interface Local {
  readonly localKey: string;
}

interface Entity {
  readonly __typename?: string;
}

/** A value as a lens gives it: other entities are named by their local key. */
export type Mapped<V, E extends Entity> = V extends readonly (infer I)[]
  ? readonly Mapped<I, E>[]
  : V extends object
    ? V extends { readonly __typename?: E['__typename'] }
      ? Local
      : { readonly [K in keyof V]: Mapped<V[K], E> }
    : V;

interface Connection<Node> {
  readonly edges: readonly { readonly node: Node }[];
}

/* eslint-disable @typescript-eslint/no-explicit-any -- every collection has rows and arguments of its own */
type AttributeOf<V, R, E extends Entity> = [V] extends [Connection<infer Node>]
  ? Embedded<R, Mapped<Node, E>, any> | Listed<any, Mapped<Node, E>, any>
  : [V] extends [{ readonly __typename?: E['__typename'] }]
    ? V extends object
      ? Link<R>
      : Lens<R, V>
    : Lens<R, Mapped<V, E>>;

/* eslint-enable @typescript-eslint/no-explicit-any */

/** The same for an attribute that can be written: it must be possible to put it back. */
type Governed<T> = T extends { readonly kind: 'listed' } ? never : Required<T>;

/** The attributes of the entity that can be written. */
type Writable<E extends Entity> = GovernedAttribute<Extract<E['__typename'], EntityName>>;

/** Any of the four, for code that reads by a mapping. */
export type Attribute<R> =
  | (Omit<Lens<R, unknown>, 'put'> & { readonly put?: (value: never) => Partial<R> })
  | (Omit<Link<R>, 'put'> & { readonly put?: (value: never) => Partial<R> })
  | Collection<R>
  | Listed<never, unknown, never>;

/** Any collection of rows that come with a record. */
export type Collection<R> = Omit<Embedded<R, unknown, never>, 'put'> & {
  readonly put?: (nodes: never, present: Partial<R>) => Partial<R>;
};

/**
 * One lens or collection for every attribute that a system owns of an entity, `Beside` those that it computes from more
 * than a record. To leave one out, to name one that the
 * contract does not have, or to have no `put` for one that can be written, is a type error.
 */
export type Mapping<E extends Entity, R, Beside extends keyof E = never> = {
  readonly [A in Exclude<keyof E, '__typename' | 'id' | Beside>]-?: A extends Writable<E>
    ? Governed<AttributeOf<NonNullable<E[A]>, R, E>>
    : AttributeOf<NonNullable<E[A]>, R, E>;
};

/** The graph's values in a system's own words, both ways. */
export interface Vocabulary<V extends string, W extends string> {
  readonly word: (value: V) => W;
  /** Null for a word that the table lacks. */
  readonly meaning: (word: unknown) => V | null;
}

/** A vocabulary from a table of the graph's values. */
export function vocabulary<V extends string, W extends string>(
  table: Readonly<Record<V, W>>,
): Vocabulary<V, W> {
  const meanings = new Map<unknown, V>(Object.entries(table).map(([value, word]) => [word, value as V]));
  return { word: (value) => table[value], meaning: (word) => meanings.get(word) ?? null };
}

/** Constructors of lenses over one kind of record. */
export function lensesOf<R extends object>() {
  type Name = keyof R & string;
  return {
    /** The attribute is a field of the record, as it stands. */
    field: <K extends Name>(name: K): Required<Lens<R, NonNullable<R[K]>>> => ({
      kind: 'lens',
      fields: [name],
      get: (record) => record[name] ?? null,
      put: (value) => ({ [name]: value }) as unknown as Partial<R>,
    }),

    /** The system has words of its own for the values; a word that the table lacks reads as null. */
    coded: <K extends Name, V extends string>(
      name: K,
      words: Vocabulary<V, NonNullable<R[K]> & string>,
    ): Required<Lens<R, V>> => ({
      kind: 'lens',
      fields: [name],
      get: (record) => words.meaning(record[name]),
      put: (value) => ({ [name]: value === null ? null : words.word(value) }) as unknown as Partial<R>,
    }),

    /** The attribute is made of several fields. */
    made: <V>(
      fields: readonly Name[],
      get: (record: Partial<R>) => V | null,
      put: (value: V | null) => Partial<R>,
    ): Required<Lens<R, V>> => ({ kind: 'lens', fields, get, put }),

    /** The same where the system alone decides the value. */
    shown: <V>(fields: readonly Name[], get: (record: Partial<R>) => V | null): Lens<R, V> => ({
      kind: 'lens',
      fields,
      get,
    }),

    /** The system alone decides the value. */
    given: <V>({ kind, fields, get }: Lens<R, V>): Lens<R, V> => ({ kind, fields, get }),

    /** The field holds the local key of another entity. */
    link: (name: Name): Required<Link<R>> => ({
      kind: 'link',
      fields: [name],
      get: (record) => (typeof record[name] === 'string' ? { localKey: record[name] } : null),
      put: (value) => ({ [name]: value?.localKey ?? null }) as unknown as Partial<R>,
    }),

    embedded: <Node, Args>(
      fields: readonly Name[],
      rows: (record: Partial<R>, args: Args) => readonly Node[],
      put: (nodes: readonly Node[], present: Partial<R>) => Partial<R>,
    ): Required<Embedded<R, Node, Args>> => ({ kind: 'embedded', fields, rows, put }),

    listed: <Row, Node, Args>(
      of: string,
      node: (row: Row) => Node,
      where: (args: Args) => Where = () => ({}),
    ): Listed<Row, Node, Args> => ({ kind: 'listed', of, node, where }),

    /** Rows that are entities themselves. */
    links: <Row>(of: string, node: (row: Row) => Local): Listed<Row, Local, unknown> => ({
      ...{ kind: 'listed', of, node },
      where: () => ({}),
      entities: true,
    }),
  };
}
