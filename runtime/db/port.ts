/** Something that runs SQL: the store itself, or one transaction of it. */
export interface Queryable {
  /**
   * Runs one statement and gives its rows. Parameters are `$1…`; the statement is prepared when it repeats.
   *
   * Values come back exact: `int8` and `numeric` as strings, `timestamptz` as `2026-01-31T09:30:00.123456Z` (UTC, with
   * the microseconds it has), `timestamp` the same without `Z`, `date` as `YYYY-MM-DD`, `json`/`jsonb` parsed,
   * `bytea` as Uint8Array, arrays as arrays; `int4`, `int2`, `float8` as numbers; everything else as PostgreSQL prints it.
   *
   * Parameters go out as text: an array is an SQL array, a plain object is JSON (a JSON array is `JSON.stringify`d by the
   * caller), a Date is its instant, `undefined` is null.
   *
   * Text is sorted by the database's own collation, which differs between stores: say `collate "C"` where order matters.
   */
  query<Row>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
  /** Runs several statements without parameters and without rows: migrations, mostly. */
  script(sql: string): Promise<void>;
}

/** What a committed transaction survives. */
export interface Durability {
  readonly fsync: boolean;
  /** As PostgreSQL names it: `on`, `off`, `local`, `remote_write`, `remote_apply`. */
  readonly synchronousCommit: string;
  /** Whether a page that was half written when the machine failed can be made whole again. */
  readonly fullPageWrites: boolean;
}

/** The store: one port, embedded (PGlite) or a server (PostgreSQL), with the same behaviour. */
export interface Db extends Queryable {
  readonly kind: 'pglite' | 'postgres';
  readonly durability: Durability;
  /**
   * Runs `work` in one READ COMMITTED transaction: committed when it resolves, rolled back when it rejects. A statement
   * that failed inside and was caught still fails the whole. Inside `work` only `tx` may be used, not the store.
   */
  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T>;
  /**
   * Hears `pg_notify(channel, payload)` of every process of the store, after its commit. After a lost connection was
   * found again each listener is called once with the payload '': something may have been missed, look for yourself.
   * Resolves to the way to stop.
   */
  listen(channel: string, heard: (payload: string) => void): Promise<() => Promise<void>>;
  /**
   * Runs `work` while no other process of the store runs under the same name; waits for its turn without limit.
   * Not re-entrant. With PostgreSQL the lock is lost when its connection is: guard durable effects by an epoch as well.
   */
  lock<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** Waits for what runs, then lets go of everything. */
  close(): Promise<void>;
}
