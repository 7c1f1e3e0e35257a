import { beforeAll, expect, test } from '@jest/globals';
import { withStores } from '../support/store.ts';
import { companies, crosswalk, ends, keyOf, records, type Two } from './merged.ts';
import { ended, openStage, type Given, type Stage } from './stage.ts';

withStores((open) => {
  let stage: Stage;
  let two: Two;
  let account: string;
  beforeAll(async () => {
    stage = await openStage(await open());
    two = await companies(stage);
    account = await keyOf(stage, 'CRM', two.other);
  });

  const state = async () => ({ crosswalk: await crosswalk(stage), records: await records(stage) });

  /** What the CRM wrote down of the account that was merged. */
  const merges = async () => {
    const rows = await stage.db.query<{ kind: string }>(
      `select kind from sandbox_history where key = $1 and kind in ('MERGE', 'UNMERGE') order by seq`,
      [account],
    );
    return rows.map(({ kind }) => kind);
  };

  const held = async () =>
    (await stage.db.query<{ id: string }>('select entity_id as id from coordination_barrier')).map(
      ({ id }) => id,
    );

  /** Merges and unmerges, each carried on by processes of which the first one does not get far. */
  async function course(dying: () => Given, before: Awaited<ReturnType<typeof state>>): Promise<void> {
    const { survivor, other } = two;
    const known = await merges();
    for (const start of [() => stage.merge(survivor, other), () => stage.unmerge(other)]) {
      const started = await start();
      await stage
        .process(dying())
        .carryOn()
        .catch((error: unknown) => {
          if (error !== ended) throw error;
        });
      await stage.leasesEnd();
      expect(await ends(stage, started)).toMatchObject({ state: 'SUCCEEDED' });
    }
    expect(await state()).toEqual(before);
    expect((await merges()).slice(known.length)).toEqual(['MERGE', 'UNMERGE']);
    expect(await held()).toEqual([]);
  }

  test('a process that ends at any boundary of either loses, repeats and leaves nothing', async () => {
    const before = await state();
    const seen: string[] = [];
    const note = (boundary: string) => void seen.push(boundary);
    await course(() => ({ at: note, atWrite: note }), before);
    // Both are counted in one go: the longer of the two has so many places at most.
    const most = Math.ceil(seen.length * 0.7);
    let died = 0;
    for (let n = 0; n < most; n++) {
      // The statements are the same ones: a server is asked at every third place.
      if (stage.db.kind === 'postgres' && n % 3 !== 0) continue;
      await course(() => {
        let left = n;
        const at = () => {
          if (left-- !== 0) return;
          died++;
          throw ended;
        };
        return { at, atWrite: at };
      }, before);
    }
    expect(died).toBeGreaterThan(most / 3);
  }, 60_000);
});
