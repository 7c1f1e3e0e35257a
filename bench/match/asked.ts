import { fileURLToPath } from 'node:url';
import { createIdentity, identityMigrations } from '../../identity/index.ts';
import { loadMigrations, migrate, openDb } from '../../runtime/db/index.ts';
import type { Labelled } from './labelled.ts';
import { seal } from './quality.ts';

/** What asking for each company before it is entered again came to. */
export interface Asked {
  readonly asked: number;
  /** Share of those whose company was among the matches as SAME, and as SAME or ASK. */
  readonly same: number;
  readonly found: number;
  /** Share of those that were told to be the SAME as another company. */
  readonly wrong: number;
  /** Milliseconds of a question, p50. */
  readonly p50: number;
}

/** Enters each company once into a real register, embedded, and asks it for what was entered again. */
export async function askAll(set: readonly Labelled[]): Promise<Asked> {
  const db = await openDb({});
  try {
    await migrate(db, await loadMigrations([fileURLToPath(identityMigrations)]));
    const identity = createIdentity({ db, seal });
    const originals = set.filter(({ damaged }) => damaged.length === 0);
    const ids = await identity.register.enrol(
      originals.map(({ facts }, i) => ({ records: [{ system: 'CRM' as const, key: `${i}` }], facts })),
    );
    await identity.register.tidy();
    const companyOf = new Map(ids.map((id, i) => [id, originals[i]?.company]));
    const again = set.filter(({ damaged }) => damaged.length > 0);
    const times: number[] = [];
    const outcomes = [];
    for (const { facts, company } of again) {
      const began = performance.now();
      const matches = await identity.matches(facts);
      times.push(performance.now() - began);
      const right = matches.find(({ id }) => companyOf.get(id) === company);
      outcomes.push({
        verdict: right?.verdict ?? 'DIFFERENT',
        wrong: matches.some(({ id, verdict }) => verdict === 'SAME' && companyOf.get(id) !== company),
      });
    }
    const share = (count: number) => count / again.length;
    return {
      asked: again.length,
      same: share(outcomes.filter(({ verdict }) => verdict === 'SAME').length),
      found: share(outcomes.filter(({ verdict }) => verdict !== 'DIFFERENT').length),
      wrong: share(outcomes.filter(({ wrong }) => wrong).length),
      p50: times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0,
    };
  } finally {
    await db.close();
  }
}
