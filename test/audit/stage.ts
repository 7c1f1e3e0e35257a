import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { headOf, sealBatch, sealedIn, type Row } from '../../audit/chain.ts';
import { openCheckpointsFile } from '../../audit/checkpoints-file.ts';
import { auditMigrations, entryOf, record, type AuditEntry } from '../../audit/index.ts';
import { judge, type JudgeOptions } from '../../audit/judge.ts';
import { signIfDue } from '../../audit/signing.ts';
import { chained } from '../../runtime/chain.ts';
import { loadMigrations, migrate, type Db } from '../../runtime/db/index.ts';
import { newSealKey, publicKeysIn, sealOf } from '../../runtime/seal.ts';

/** Something that somebody did. */
export function entry(n: number, told: Partial<Parameters<typeof entryOf>[1]> = {}): AuditEntry {
  const principal = { subject: `person-${n}`, scopes: new Set<string>() };
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  return entryOf(
    { principal, correlationId: `c-${n}`, traceparent },
    { action: 'DECISION', outcome: 'APPROVE', entityId: `e-${n}`, attributes: ['name'], ...told },
  );
}

/** Signs whenever there is something new. */
export const eager = { entries: 1, busy: 0, idle: Infinity };

/** An audit that nobody seals or signs but the test itself. */
export async function stageOver(db: Db) {
  await migrate(db, await loadMigrations([fileURLToPath(auditMigrations)]));
  const folder = await mkdtemp(join(tmpdir(), 'audit-'));
  const pem = newSealKey();
  const seal = sealOf(pem);
  let files = 0;
  const stage = {
    ...{ db, seal, pem, keys: publicKeysIn(pem) },
    file: '',
    record: (...entries: AuditEntry[]) => db.transaction((tx) => record(tx, entries)),
    /** Gives places to what was recorded, and signs. */
    async sealAll() {
      await sealBatch(db, 1_000);
      await signIfDue(db, seal, null, eager);
    },
    /** Adds what was signed to the file. */
    async follow() {
      await (await openCheckpointsFile(stage.file)).follow(db);
    },
    /** Ten entries, signed after the fifth and after the tenth, which the file has. */
    async fill() {
      for (const first of [1, 6]) {
        await stage.record(...Array.from({ length: 5 }, (_, n) => entry(first + n)));
        await stage.sealAll();
        await stage.follow();
      }
    },
    /** As it was opened, with a file of its own. */
    async clear() {
      stage.file = join(folder, `${++files}.jsonl`);
      await stage.alter(`truncate audit_log, audit_checkpoint, audit_pending restart identity;
        update audit_head set position = 0, hash = ''`);
    },
    /** What whoever owns the store can do to it. */
    alter: (sql: string) =>
      db.script(`alter table audit_log disable trigger user; alter table audit_checkpoint disable trigger user;
        ${sql}; alter table audit_log enable trigger user; alter table audit_checkpoint enable trigger user`),
    rows: () => db.query<Row>('select position, at, entry, hash from audit_log order by position'),
    /** Hashes that fit, whatever the entries say now. */
    async rebuild() {
      let hash = '';
      for (const row of await stage.rows()) {
        hash = chained(hash, sealedIn(row));
        await stage.alter(`update audit_log set hash = '${hash}' where position = ${row.position};
          update audit_head set position = ${row.position}, hash = '${hash}'`);
      }
    },
    /** What the command finds; nothing may be late. */
    judge: (given: Partial<JudgeOptions> = {}) =>
      judge(db, { keys: stage.keys, file: stage.file, patience: -1_000, age: null, ...given }),
    head: () => headOf(db),
    end: () => rm(folder, { recursive: true }),
  };
  await stage.clear();
  return stage;
}

export type Stage = Awaited<ReturnType<typeof stageOver>>;
