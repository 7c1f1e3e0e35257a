import { afterAll, afterEach, beforeAll, describe, expect } from '@jest/globals';
import { loadMigrations, migrate, type Db } from '../../runtime/db/index.ts';
import { createHttp } from '../../runtime/http.ts';
import type { Call, Connector, Versioned, Where } from '../../subgraphs/connector.ts';
import { httpWire } from '../../subgraphs/http-wire.ts';
import type { Sandbox } from '../../subgraphs/sandbox/api.ts';
import type { FaultOrder } from '../../subgraphs/sandbox/faults.ts';
import { serveSandboxes } from '../../subgraphs/sandbox/server.ts';
import type { SystemModule } from '../../subgraphs/system.ts';
import type { WireRequest } from '../../subgraphs/wire.ts';
import { withStores } from '../support/store.ts';

/** What the suite must know of a system besides its port. Numbers stand for different values. */
export interface Subject<R extends object, Rows extends object> {
  readonly system: SystemModule<R, Rows>;
  /** Where its sandbox keeps records; the history calls them so too. */
  readonly table: string;
  /** A record that the system accepts, without what it gives itself. */
  readonly draft: (n: number) => Partial<R>;
  /** The graph's id of the customer that a draft is made for. */
  readonly externalId: (n: number) => string;
  /** The field that holds it. */
  readonly external: keyof R & string;
  /** Fields without which the system makes no record for a customer. */
  readonly mandatory: readonly (keyof R & string)[];
  /** One field with a value that the system accepts. */
  readonly change: (n: number) => Partial<R>;
  /** A field that holds a name, with this one; it is erased, and not kept by law. */
  readonly naming: (name: string) => Partial<R>;
  /** A field that can be cleared, and that `draft` fills. */
  readonly clearable: keyof R & string;
  /** Fields, each with a value that the system refuses; the first of them is the one that it names. */
  readonly refused: Partial<R>;
  /** A key as the system makes them, of no record. */
  readonly unknownKey: (n: number) => string;
  /** How the system itself removes a record. */
  readonly removal: (key: string) => WireRequest;
  /** Kinds of rows; empty where the system lists none. */
  readonly lists: readonly List<Rows>[];
}

/** An id as the graph gives them, another one for each number. */
export function customerId(n: number): string {
  return `01980000-0000-7000-8000-${String(n).padStart(12, '0')}`;
}

interface List<Rows> {
  readonly kind: keyof Rows & string;
  /** Stores `count` rows below each parent. */
  readonly fill: (db: Db, parents: readonly string[], count: number) => Promise<void>;
  /** Meets some of the rows that `fill` stores for a parent, and how many of `count`. */
  readonly where: Where;
  readonly meets: (count: number) => number;
}

/** A subject on one store, by one wire. */
export interface Bench<R extends object, Rows extends object> {
  readonly db: Db;
  readonly sandbox: Sandbox;
  readonly connector: Connector<R, Rows>;
  readonly subject: Subject<R, Rows>;
  readonly call: Call;
  /** A number that was not given before. */
  readonly next: () => number;
  readonly create: () => Promise<Versioned<R>>;
  /** Sets faults, for the test that runs. */
  readonly faults: (...faults: FaultOrder[]) => void;
  /** What the system's own log says since the last call of `mark`, as `KIND key`. */
  readonly effects: () => Promise<readonly string[]>;
  readonly mark: () => Promise<void>;
}

/** Runs parts of the suite on every store, in this process and over HTTP. */
export function onEveryWire<R extends object, Rows extends object>(
  subject: Subject<R, Rows>,
  parts: readonly ((bench: () => Bench<R, Rows>) => void)[],
): void {
  withStores((open) => {
    describe.each(['in process', 'over HTTP'])('%s', (wire) => {
      let bench: Bench<R, Rows> | undefined;
      const closing: (() => Promise<void>)[] = [];

      beforeAll(async () => {
        const db = await open();
        const { name, sandbox: make, connect } = subject.system;
        await migrate(
          db,
          await loadMigrations(['subgraphs/sandbox/migrations', `subgraphs/${name}/migrations`]),
        );
        const sandbox = make(db);
        if (wire === 'in process') {
          bench = benchOf(db, sandbox, connect(sandbox.wire), subject);
          return;
        }
        const reported: unknown[] = [];
        const server = await serveSandboxes({
          sandboxes: [sandbox],
          host: '127.0.0.1',
          port: 0,
          report: (error) => reported.push(error),
        });
        const http = createHttp();
        closing.push(
          () => http.close(),
          () => server.close(),
          () => {
            expect(reported).toEqual([]);
            return Promise.resolve();
          },
        );
        bench = benchOf(db, sandbox, connect(httpWire(name, `${server.url}/${name}`, http.send)), subject);
      });
      afterEach(() => bench?.sandbox.faults.set([]));
      afterAll(async () => {
        for (const close of closing) await close();
      });

      for (const part of parts) {
        part(() => {
          if (!bench) throw new Error('the bench was not set up');
          return bench;
        });
      }
    });
  });
}

let given = 0;

function benchOf<R extends object, Rows extends object>(
  db: Db,
  sandbox: Sandbox,
  connector: Connector<R, Rows>,
  subject: Subject<R, Rows>,
): Bench<R, Rows> {
  const call: Call = { correlationId: 'test', signal: new AbortController().signal };
  const next = () => ++given;
  let since = '0';
  const history = () =>
    db.query<{ seq: string; effect: string }>(
      `select seq, kind || ' ' || key as effect from sandbox_history where entity = $1 and seq > $2 order by seq`,
      [subject.table, since],
    );
  return {
    ...{ db, sandbox, connector, subject, call, next },
    create: () => connector.create(subject.draft(next()), {}, call),
    faults: (...faults) => {
      sandbox.faults.set(faults);
    },
    effects: async () => (await history()).map(({ effect }) => effect),
    mark: async () => {
      since = (await history()).at(-1)?.seq ?? since;
    },
  };
}
