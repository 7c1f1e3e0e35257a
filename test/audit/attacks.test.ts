import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { signed } from '../../audit/checkpoint.ts';
import { newSealKey, publicKeysIn, sealOf } from '../../runtime/seal.ts';
import { withStores } from '../support/store.ts';
import { entry, stageOver, type Stage } from './stage.ts';

/** Whoever owns the store, knows how it is made, and has not the key. */
interface Attack {
  readonly name: string;
  readonly attack: (stage: Stage) => Promise<unknown>;
  readonly found: RegExp;
  /** What who has no file finds: the same where absent; null where the attack is on the file. */
  readonly alone?: RegExp | null;
}

const blame = `update audit_log set entry = jsonb_set(entry, '{actor}', '"somebody else"') where position = 7`;
const cut = `delete from audit_log where position > 8;
  update audit_head set position = 8, hash = (select hash from audit_log where position = 8);
  delete from audit_checkpoint where position > 8`;

/** Another person, with hashes that fit, and instead of the second checkpoint whatever is given. */
async function rewrite(stage: Stage, checkpoints: string): Promise<void> {
  await stage.alter(`${blame}; delete from audit_checkpoint where number = 2`);
  await stage.rebuild();
  await stage.alter(checkpoints);
}
const forged = (keyId: string, signature: string) =>
  `insert into audit_checkpoint select 2, position, hash, clock_timestamp(), '${keyId}', '${signature}' from audit_head`;

const attacks: readonly Attack[] = [
  {
    name: 'edit: an entry names somebody else',
    attack: ({ alter }) => alter(blame),
    found: /^Entry 7 is not as it was sealed/,
  },
  {
    name: 'edit: a time is moved',
    attack: ({ alter }) => alter(`update audit_log set at = at - interval '1 hour' where position = 7`),
    found: /^Entry 7 is not as it was sealed/,
  },
  {
    name: 'delete: an entry, and the rest moved up',
    attack: ({ alter }) =>
      alter(`delete from audit_log where position = 4; update audit_log set position = -position where position > 4;
        update audit_log set position = -position - 1 where position < 0; update audit_head set position = 9`),
    found: /^Entry 4 is not as it was sealed/,
  },
  {
    name: 'delete: an entry',
    attack: ({ alter }) => alter('delete from audit_log where position = 4'),
    found: /^Entry 4 is missing/,
  },
  {
    name: 'insert: an entry between others',
    attack: ({ alter }) =>
      alter(`update audit_log set position = -position - 1 where position > 3;
        update audit_log set position = -position where position < 0;
        insert into audit_log select 4, at, entry, hash from audit_log where position = 3;
        update audit_head set position = 11`),
    found: /^Entry 4 is not as it was sealed/,
  },
  {
    name: 'insert: an entry after the end',
    attack: ({ alter }) =>
      alter('insert into audit_log select 11, at, entry, hash from audit_log where position = 10'),
    found: /^Entry 11 is outside the chain/,
  },
  {
    name: 'reorder: two entries exchanged',
    attack: ({ alter }) =>
      alter(`update audit_log set position = case position when 3 then -4 else -3 end where position in (3, 4);
        update audit_log set position = -position where position < 0`),
    found: /^Entry 3 is not as it was sealed/,
  },
  {
    name: 'cut off: the end, and everything that says there was more',
    attack: ({ alter }) => alter(cut),
    found: /^Checkpoint 2 of the file is of entry 10, which is not there: the end of the audit was cut off/,
    alone: /^Entries from 6 on, the first of \S+, are not signed/,
  },
  {
    name: 'rebuild: hashes that fit',
    attack: async (stage) => {
      await stage.alter(blame);
      await stage.rebuild();
    },
    found: /^Checkpoint 2 of the store says otherwise of entry 10/,
  },
  {
    name: 'rebuild: hashes that fit, and no checkpoint that could say otherwise',
    attack: (stage) => rewrite(stage, 'select 1'),
    found: /^Checkpoint 2 of the file says otherwise of entry 10/,
    alone: /^Entries from 6 on, the first of \S+, are not signed/,
  },
  {
    name: 'other checkpoints: one that nobody has signed',
    attack: ({ seal, ...stage }) => rewrite({ seal, ...stage }, forged(seal.keyId, '')),
    found: /^The signature of checkpoint 2 of the store is forged/,
  },
  {
    name: 'other checkpoints: one that another key has signed',
    attack: async (stage) => {
      await rewrite(stage, 'select 1');
      const { position, hash, at, keyId, signature } = signed(
        await stage.head(),
        2,
        '2026-01-01T00:00:00Z',
        sealOf(newSealKey()),
      );
      await stage.alter(
        `insert into audit_checkpoint values (2, ${position}, '${hash}', '${at}', '${keyId}', '${signature}')`,
      );
    },
    found: /^Checkpoint 2 of the store is signed by the key \S+, which is none of those given/,
  },
  {
    name: 'replay: the file as it was before the last checkpoint',
    attack: async ({ file }) => {
      const [first = ''] = (await readFile(file, 'utf8')).split('\n');
      await writeFile(file, `${first}\n`);
    },
    found: /^The file ends before checkpoint 2 of the store/,
    alone: null,
  },
  {
    name: 'replay: the file as it was, and a store that was rewritten since',
    attack: async (stage) => {
      const [first = ''] = (await readFile(stage.file, 'utf8')).split('\n');
      await writeFile(stage.file, `${first}\n`);
      await rewrite(stage, 'select 1');
    },
    found: /^Entries from 6 on, the first of \S+, are not signed/,
  },
  {
    name: 'replay: a line of the file taken out',
    attack: async ({ file }) => {
      const [, second = ''] = (await readFile(file, 'utf8')).split('\n');
      await writeFile(file, `${second}\n`);
    },
    found: /^Checkpoint 1 of the file is missing/,
    alone: null,
  },
];

withStores((open) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await stageOver(await open());
  });
  beforeEach(async () => {
    await stage.clear();
    await stage.fill();
  });
  afterAll(() => stage.end());

  test('an audit that nobody touched is whole, signed to its end, and may go on meanwhile', async () => {
    expect(await stage.judge()).toMatchObject({
      fault: null,
      findings: { entries: 10, byAction: new Map([['DECISION', 10]]), last: { position: '10' } },
      signed: { number: 2, position: '10', keyId: stage.seal.keyId },
    });
    await stage.record(entry(11));
    await stage.sealAll();
    expect(await stage.judge({ patience: 60_000 })).toMatchObject({ fault: null, findings: { entries: 11 } });
  });

  test('the store itself refuses to change what was sealed or signed', async () => {
    for (const sql of [blame, 'delete from audit_log', 'truncate audit_checkpoint'])
      await expect(stage.db.script(sql)).rejects.toThrow('the audit is only ever added to');
  });

  describe('found out:', () => {
    test.each(attacks)('$name', async ({ attack, found, alone = found }) => {
      await attack(stage);
      expect((await stage.judge()).fault?.sentence).toMatch(found);
      if (alone) expect((await stage.judge({ file: undefined })).fault?.sentence).toMatch(alone);
    });

    test('an old state of everything, by its age', async () => {
      expect((await stage.judge({ age: 3_600_000 })).fault).toBeNull();
      expect((await stage.judge({ age: -1_000 })).fault?.sentence).toMatch(
        /^The newest checkpoint is of \S+, which is older/,
      );
    });

    test('who forgot to name a key, by the checkpoint that it has signed', async () => {
      const keys = publicKeysIn(newSealKey());
      expect((await stage.judge({ keys })).fault?.sentence).toMatch(
        /^Checkpoint 1 of the store is signed by the key/,
      );
    });
  });
});
