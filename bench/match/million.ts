import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createIdentity, identityMigrations } from '../../identity/index.ts';
import { loadMigrations, migrate, openDb, type Db } from '../../runtime/db/index.ts';
import { progressLine } from '../../runtime/terminal/progress.ts';
import type { Store } from '../write/contender.ts';
import { places } from '../write/places.ts';
import { fill, planted } from './fill.ts';
import { seal } from './quality.ts';
import type { SweepTaken } from './sweep-process.ts';

/** What sweeping many customers came to. */
export interface Swept extends SweepTaken {
  readonly store: Store;
  readonly customers: number;
  /** Seconds to register them all. */
  readonly filling: number;
  /** Entries of blocks. */
  readonly entries: number;
  /** Pairs that were found, by verdict; and how many of them are one customer that was entered twice. */
  readonly found: Readonly<Record<'SAME' | 'ASK', { readonly pairs: number; readonly right: number }>>;
  /** Customers that were entered twice. */
  readonly twice: number;
}

export interface SweepOrder {
  readonly server: string;
  readonly store: Store;
  readonly customers: number;
  readonly seed: number;
  /** Milliseconds after which it is given up. */
  readonly patience: number;
}

/** Registers many customers in a store of their own, sweeps them in a process of its own, and clears all of it away. */
export async function sweepMany(order: SweepOrder): Promise<Swept> {
  const { server, store, customers, seed } = order;
  const made = places(server);
  const clear = () => void made.clear().finally(() => process.exit(130));
  process.once('SIGINT', clear).once('SIGTERM', clear);
  try {
    const { at } = await made.make(store);
    const open = () => openDb(store === 'pglite' ? { directory: at } : { databaseUrl: at, connections: 2 });
    const db = await open();
    await migrate(db, await loadMigrations([fileURLToPath(identityMigrations)]));
    const began = performance.now();
    const line = progressLine(process.stderr, { total: customers, noun: 'customers registered' });
    await fill(createIdentity({ db, seal }), { seed, customers, progress: (done) => line.show(done, 0) });
    line.end();
    const filling = (performance.now() - began) / 1000;
    await db.close();
    const taken = await inItsOwnProcess(at, order.patience);
    const again = await open();
    try {
      return { ...taken, store, customers, filling, ...(await findings(again, customers)) };
    } finally {
      await again.close();
    }
  } finally {
    await made.clear();
  }
}

function inItsOwnProcess(at: string, patience: number): Promise<SweepTaken> {
  return new Promise((resolve, reject) => {
    const child = fork(new URL('sweep-process.ts', import.meta.url), [at], { timeout: patience });
    let line: ReturnType<typeof progressLine> | undefined;
    child.on('message', (told: { taken: SweepTaken } | { walked: number; total: number }) => {
      if ('taken' in told) {
        line?.end();
        resolve(told.taken);
        return;
      }
      line ??= progressLine(process.stderr, { total: told.total, noun: 'entries of blocks' });
      line.show(told.walked, 0);
    });
    child.on('exit', (code) => {
      reject(new Error(`The sweep ended with ${code ?? 'a signal'}.`));
    });
  });
}

async function findings(db: Db, customers: number): Promise<Pick<Swept, 'entries' | 'found' | 'twice'>> {
  const pairs = planted(customers);
  const [blocks] = await db.query<{ count: string }>('select count(*) from identity_block');
  const rows = await db.query<{ verdict: 'SAME' | 'ASK'; pairs: number; right: number }>(
    `select d.verdict, count(*)::int as pairs, count(p.lower)::int as right
     from identity_duplicate d
       left join unnest($1::uuid[], $2::uuid[]) p (lower, higher) on p.lower = d.lower and p.higher = d.higher
     group by d.verdict`,
    [pairs.map(([lower]) => lower), pairs.map(([, higher]) => higher)],
  );
  const of = (verdict: string) => rows.find((row) => row.verdict === verdict) ?? { pairs: 0, right: 0 };
  return {
    entries: Number(blocks?.count ?? 0),
    found: { SAME: of('SAME'), ASK: of('ASK') },
    twice: pairs.length,
  };
}
