import type { Fingerprinter, Fingerprints } from '../events/index.ts';
import type { Attribute } from './lens.ts';

/**
 * Fingerprints of all attributes that come with a record, whichever way it came: by the feed, read again, or as the
 * answer of a write. Rows that a system lists page by page do not come with it. Pure.
 */
export function fingerprintsOf<R>(
  fingerprint: Fingerprinter,
  mapping: Readonly<Record<string, Attribute<R>>>,
): (record: Partial<R>) => Fingerprints {
  const readers = Object.entries(mapping).flatMap(([name, attribute]) => {
    const read = readerOf(attribute);
    return read ? [[name, read] as const] : [];
  });
  return (record) =>
    Object.fromEntries(readers.map(([name, read]) => [name, fingerprint(name, read(record))]));
}

/** The record's own fields of all attributes that come with it. */
export function fieldsOf<R>(mapping: Readonly<Record<string, Attribute<R>>>): readonly (keyof R & string)[] {
  return [
    ...new Set(
      Object.values(mapping).flatMap((attribute) => (attribute.kind === 'listed' ? [] : attribute.fields)),
    ),
  ];
}

function readerOf<R>(attribute: Attribute<R>): ((record: Partial<R>) => unknown) | null {
  switch (attribute.kind) {
    case 'lens':
    case 'link':
      return attribute.get;
    case 'embedded':
      // No rows are nothing, as a record shows it that never had any.
      return (record) => {
        const rows = attribute.rows(record, {} as never);
        return rows.length === 0 ? null : rows;
      };
    case 'listed':
      return null;
  }
}
