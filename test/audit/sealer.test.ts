import { appendFile, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { isDue, type Checkpoint } from '../../audit/checkpoint.ts';
import { openCheckpointsFile } from '../../audit/checkpoints-file.ts';
import { isWaiting, sealBatch } from '../../audit/chain.ts';
import { startSealer, type SealerOptions } from '../../audit/sealer.ts';
import type { Db } from '../../runtime/db/index.ts';
import { withStores } from '../support/store.ts';
import { eager, entry, stageOver, type Stage } from './stage.ts';

test.each<[string, { added: number; age: number; first?: true }, boolean]>([
  ['nothing was ever recorded', { added: 0, age: 0, first: true }, false],
  ['something is new, and nothing was ever signed', { added: 1, age: 0, first: true }, true],
  ['something is new, for a short time', { added: 99, age: 9 }, false],
  ['a lot is new', { added: 100, age: 0 }, true],
  ['something is new, for long', { added: 1, age: 10 }, true],
  ['nothing is new', { added: 0, age: 59 }, false],
  ['nothing is new, for long: that is signed too', { added: 0, age: 60 }, true],
])('signed where %s: %j', (_, { added, age, first }, due) => {
  const last = { position: '5', at: new Date(1_000).toISOString() } as Checkpoint;
  const pace = { entries: 100, busy: 10, idle: 60 };
  const head = { position: String((first ? 0 : 5) + added), hash: '' };
  expect(isDue(head, first ? null : last, 1_000 + age, pace)).toBe(due);
});

withStores((open) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await stageOver(await open());
  });
  beforeEach(() => stage.clear());
  afterAll(() => stage.end());

  /** A process of the role audit that works when it is woken or stopped; `sealed` resolves when all is in the chain. */
  async function start(given: Partial<SealerOptions> = {}) {
    const alarms: string[] = [];
    const faults: unknown[] = [];
    const sealer = startSealer({
      ...{ db: stage.db, seal: stage.seal, file: await openCheckpointsFile(stage.file) },
      alarm: (sentence) => alarms.push(sentence),
      failed: (error) => faults.push(error),
      pace: { ...eager, interval: 5, signing: 0, batch: 7 },
      ...given,
    });
    return { ...sealer, alarms, faults };
  }
  const numbersIn = async () =>
    (await readFile(stage.file, 'utf8'))
      .split('\n')
      .flatMap((line) => (line.endsWith('}') ? [(JSON.parse(line) as Checkpoint).number] : []));

  test('two processes seal what many record: each entry once, without a gap, signed and in the file', async () => {
    const [one, other] = [await start(), await start({ file: undefined })];
    await Promise.all(Array.from({ length: 40 }, (_, n) => stage.record(entry(2 * n), entry(2 * n + 1))));
    while (await isWaiting(stage.db)) await sealBatch(stage.db, 7);
    // Whoever has the file stops last: it gets what the other one has signed at its end.
    await other.stop();
    await one.stop();
    const actors = (await stage.rows()).map((row) => row.entry.actor);
    expect([...actors].sort()).toEqual(Array.from({ length: 80 }, (_, n) => `person-${n}`).sort());
    expect(await stage.judge()).toMatchObject({
      fault: null,
      findings: { entries: 80 },
      signed: { position: '80' },
    });
    const numbers = await numbersIn();
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    expect([...one.faults, ...other.faults, ...one.alarms]).toEqual([]);
  });

  test('what is rolled back was never done, and what commits late is not left out', async () => {
    await expect(
      stage.db.transaction(async (tx) => {
        await tx.query(`insert into audit_pending (entry) values ('{}')`);
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    await stage.record(entry(1));
    await stage.sealAll();
    await stage.record(entry(2));
    await stage.sealAll();
    expect((await stage.rows()).map(({ position, entry: { actor } }) => [position, actor])).toEqual([
      ['1', 'person-1'],
      ['2', 'person-2'],
    ]);
  });

  test('a process that ends between sealing and signing leaves nothing unsigned to the next one', async () => {
    await stage.record(entry(1));
    await sealBatch(stage.db, 10);
    await (await start()).stop();
    expect(await stage.judge()).toMatchObject({ fault: null, signed: { number: 1, position: '1' } });
  });

  test('a checkpoint that did not get into the file, or only in part, is added by the next process', async () => {
    await stage.fill();
    await appendFile(stage.file, '{"epoch":"torn');
    await stage.record(entry(11));
    await stage.sealAll();
    await (await start()).stop();
    expect((await numbersIn()).slice(0, 3)).toEqual([1, 2, 3]);
    expect((await stage.judge()).fault).toBeNull();
  });

  test.each<[string, (db: Stage) => Promise<unknown>, RegExp]>([
    [
      'cut off',
      ({ alter }) =>
        alter(`delete from audit_log where position > 8; delete from audit_checkpoint where position > 8;
          update audit_head set position = 8, hash = (select hash from audit_log where position = 8)`),
      /checkpoint 2 is no longer in the store/,
    ],
    [
      'rebuilt',
      async (altered) => {
        await altered.alter(
          `update audit_log set entry = jsonb_set(entry, '{actor}', '"x"') where position = 7`,
        );
        await altered.rebuild();
      },
      /checkpoint 2 says otherwise of entry 10/,
    ],
    [
      'taken from elsewhere',
      ({ db }) => db.script('update audit_head set epoch = gen_random_uuid()'),
      /checkpoint 2 is of another store/,
    ],
  ])(
    'a chain that was %s is sealed on and never signed as if it were the same',
    async (_, attack, sentence) => {
      await stage.fill();
      const [{ epoch }] = (await stage.db.query<{ epoch: string }>('select epoch from audit_head')) as [
        { epoch: string },
      ];
      await attack(stage);
      await stage.record(entry(11));
      const sealer = await start();
      await sealer.stop();
      expect(sealer.alarms).toEqual([expect.stringMatching(sentence)]);
      expect(sealer.isBroken()).toBe(true);
      expect((await stage.rows()).at(-1)?.entry.actor).toBe('person-11');
      expect(await numbersIn()).toEqual([1, 2]);
      expect((await stage.judge()).fault).not.toBeNull();
      await stage.db.query('update audit_head set epoch = $1', [epoch]);
    },
  );

  test('a store that is away for a moment is sealed when it is back', async () => {
    const away = Promise.withResolvers<undefined>();
    let down = true;
    const db: Db = {
      ...stage.db,
      transaction: (work) => {
        if (!down) return stage.db.transaction(work);
        away.resolve(undefined);
        return Promise.reject(new Error('the store is away'));
      },
    };
    await stage.record(entry(1));
    const sealer = await start({ db });
    await away.promise;
    down = false;
    await sealer.stop();
    expect(sealer.faults).not.toEqual([]);
    expect(await stage.judge()).toMatchObject({ fault: null, signed: { position: '1' } });
  });
});
