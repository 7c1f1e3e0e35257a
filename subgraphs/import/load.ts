import { createHash } from 'node:crypto';
import type { Store } from '../store.ts';
import { applyRow, type Outcome } from './account.ts';
import { linkParent, type Waiting } from './parents.ts';
import type { AccountRow } from './row.ts';

/** Rows in memory, and in one transaction, at a time. */
export const batchSize = 200;

/** Told of each row that is refused, or kept but for something. */
export type Refuse = (row: Pick<AccountRow, 'line'>, reason: string, kept?: 'kept') => void;

export interface Loading {
  /** Puts a batch into the CRM and into the register. */
  batch(rows: readonly AccountRow[]): Promise<readonly Outcome[]>;
  /** Links the accounts whose account above came later in the file, or is not there. */
  finish(): Promise<void>;
}

/** Loads rows into a store; `dry` only says what would become of them. */
export function loadInto({ db, identity }: Store, refuse: Refuse, dry: boolean): Loading {
  /** The line of each number and what it said, about 100 bytes a row. */
  const seen = new Map<string, string>();
  let waiting: Waiting[] = [];

  /** Whether a line before said the same of the account, nothing of it, or something else: then its number. */
  function before(row: AccountRow): 'same' | 'none' | { readonly line: string } {
    const digest = createHash('sha256')
      .update(JSON.stringify([row.account, row.parent]))
      .digest('base64url')
      .slice(0, 12);
    const known = seen.get(row.number);
    if (known === undefined) seen.set(row.number, `${digest}${row.line}`);
    if (known === undefined) return 'none';
    return known.startsWith(digest) ? 'same' : { line: known.slice(12) };
  }

  async function link(parents: readonly Waiting[], last: boolean): Promise<void> {
    const linked = dry
      ? parents.map(({ parent }) => (seen.has(parent) ? ('linked' as const) : ('missing' as const)))
      : await db.transaction(async (tx) => {
          const found = [];
          for (const one of parents) found.push(await linkParent(tx, one));
          return found;
        });
    for (const [i, one] of parents.entries()) {
      if (linked[i] === 'missing' && !last) waiting.push(one);
      else if (linked[i] === 'missing')
        refuse(one, `there is no account "${one.parent}" to be above it`, 'kept');
      else if (linked[i] === 'circle')
        refuse(one, `"${one.parent}" is the account itself, or below it`, 'kept');
    }
  }

  return {
    async batch(rows) {
      const sound: AccountRow[] = [];
      const repeated = new Set<AccountRow>();
      for (const row of rows) {
        const known = before(row);
        if (typeof known === 'object') {
          refuse(row, `line ${known.line} says something else of the account "${row.number}"`);
          continue;
        }
        sound.push(row);
        if (known === 'same') repeated.add(row);
      }
      const decided = await db.transaction(async (tx) => {
        const found = [];
        for (const row of sound) found.push(await applyRow(tx, row, dry));
        return found;
      });
      const outcomes: Outcome[] = [];
      for (const one of decided) {
        if ('faults' in one) refuse(one.row, one.faults.join('; '));
        // A dry run does not find what it would have made a line before.
        else outcomes.push(dry && repeated.has(one.row) ? { ...one, account: 'unchanged' } : one);
      }
      if (!dry) await enrol(outcomes);
      await link(
        outcomes.flatMap(({ row: { line, number, parent } }) =>
          parent === null ? [] : [{ line, number, parent }],
        ),
        false,
      );
      return outcomes;
    },
    async finish() {
      const late = waiting;
      waiting = [];
      for (let at = 0; at < late.length; at += batchSize) await link(late.slice(at, at + batchSize), true);
    },
  };

  async function enrol(outcomes: readonly Outcome[]): Promise<void> {
    const stated = outcomes.map(({ key, facts, row }) => ({ key: key ?? '', facts, row }));
    await identity.register.enrol(
      stated.map(({ key, facts, row: { country } }) => ({
        records: [{ system: 'CRM' as const, key }],
        facts: { ...facts, country },
      })),
    );
    const changed = outcomes.filter(
      ({ account, contact }) => account === 'changed' || (contact ?? 'unchanged') !== 'unchanged',
    );
    await identity.register.refresh(
      'CRM',
      changed.map(({ key, facts }) => ({ key: key ?? '', facts })),
    );
  }
}
