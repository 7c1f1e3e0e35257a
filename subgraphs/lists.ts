import type { Fingerprinter, Hinted } from '../events/index.ts';
import type { Call, Connector } from './connector.ts';
import type { Attribute } from './lens.ts';
import { chunks } from './reader.ts';

/** Rows of a list that tell whether it has changed. Of a longer one it is told whenever a row of it has, perhaps twice. */
const mostRows = 100;

type Mapping<R> = Readonly<Record<string, Attribute<R>>>;

/** The attributes that are lists of these kinds of rows. */
export function listsOf<R>(mapping: Mapping<R>, kinds: readonly string[]): readonly string[] {
  return Object.entries(mapping)
    .filter(([, attribute]) => attribute.kind === 'listed' && kinds.includes(attribute.of))
    .map(([name]) => name);
}

/** A record that a message is about, and the kinds of rows below it that have changed. */
export interface HintedRows {
  readonly key: string;
  readonly moved?: readonly string[];
}

/** Reads messages of a system: what rows are in the system's own words is an attribute in the graph's. */
export function hintsBy<R>(mapping: Mapping<R>, read: (body: unknown) => readonly HintedRows[] | null) {
  return (body: unknown): readonly Hinted[] | null =>
    read(body)?.map(({ key, moved = [] }) => ({ key, touched: listsOf(mapping, moved) })) ?? null;
}

/** Fingerprints by attribute, by the record's key. */
type Listed = ReadonlyMap<string, Readonly<Record<string, string>>>;

/**
 * Fingerprints of lists below records, of those that are named: whoever sees a change of the same row twice, in the feed
 * and by a message, has the same fingerprint twice. A list with more than 100 rows has none.
 */
export function listReader<R extends object, Rows extends object>(options: {
  readonly connector: Connector<R, Rows>;
  readonly mapping: Mapping<R>;
  readonly fingerprint: Fingerprinter;
}) {
  const { connector, mapping, fingerprint } = options;

  return async (
    records: readonly { readonly key: string; readonly touched: readonly string[] }[],
    call: Call,
  ): Promise<Listed> => {
    const found = new Map<string, Record<string, string>>();
    for (const [name, attribute] of Object.entries(mapping)) {
      if (attribute.kind !== 'listed') continue;
      const parents = records.filter(({ touched }) => touched.includes(name)).map(({ key }) => key);
      for (const some of parents.length === 0 ? [] : chunks(parents, connector.capabilities.batchSize)) {
        const request = { parents: some, first: mostRows, after: null, where: {} };
        const pages = await connector.list(attribute.of as keyof Rows & string, request, call);
        for (const key of some) {
          const { rows, hasNext } = pages.get(key) ?? { rows: [], hasNext: false };
          if (hasNext) continue;
          const whole = found.get(key) ?? {};
          found.set(key, {
            ...whole,
            [name]: fingerprint(
              name,
              rows.map(({ row }) => row),
            ),
          });
        }
      }
    }
    return found;
  };
}
