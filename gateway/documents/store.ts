import { commandEntry, record } from '../../audit/index.ts';
import type { Db, Queryable } from '../../runtime/db/index.ts';
import { operationsIn, type Trusted } from './document.ts';

/** A document as it is listed. */
export interface Listed {
  readonly id: string;
  /** Names of its operations. */
  readonly names: readonly string[];
  /** ISO 8601. */
  readonly publishedAt: string;
}

/** Where the migrations of published documents are. */
export const documentsMigrations = new URL('./migrations', import.meta.url);

/** Publishes all of them or none, as somebody wants; gives the ids of those that were not published before. */
export async function publish(db: Db, documents: readonly Trusted[], by: string): Promise<readonly string[]> {
  return db.transaction(async (tx) => {
    const added: string[] = [];
    for (const { id, form, document } of documents) {
      const names = operationsIn(document).flatMap(({ name }) => name?.value ?? []);
      const rows = await tx.query<{ id: string }>(
        `insert into trusted_document (id, form, document, names) values ($1, $2, $3, $4)
         on conflict (id) do nothing returning id`,
        [id, form, document, names],
      );
      added.push(...rows.map((row) => row.id));
    }
    await note(tx, added, 'PUBLISHED', by);
    return added;
  });
}

/** Takes documents back, as somebody wants; gives the ids of those that were there. */
export async function withdraw(db: Db, ids: readonly string[], by: string): Promise<readonly string[]> {
  return db.transaction(async (tx) => {
    const rows = await tx.query<{ id: string }>(
      'delete from trusted_document where id = any($1) returning id',
      [ids],
    );
    const gone = rows.map(({ id }) => id);
    await note(tx, gone, 'WITHDRAWN', by);
    return gone;
  });
}

function note(tx: Queryable, ids: readonly string[], outcome: string, by: string): Promise<void> {
  const entries = ids.map((id) =>
    commandEntry(by, 'operations', { action: 'PUBLISH', outcome, receipt: { kind: 'DOCUMENT', id } }),
  );
  return record(tx, entries);
}

/** All that are published, in the order in which they were. */
export function list(db: Queryable): Promise<readonly Listed[]> {
  return db.query<Listed>(
    `select id, names, published_at as "publishedAt" from trusted_document order by published_at, id`,
  );
}

/** Those among the published ones that one of these keys means, as an id or as a form. */
export function find(db: Queryable, keys: readonly string[]): Promise<readonly Trusted[]> {
  return db.query<Trusted>(
    'select id, form, document from trusted_document where id = any($1) or form = any($1)',
    [keys],
  );
}
