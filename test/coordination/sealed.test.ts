import { afterEach, beforeAll, expect, test } from '@jest/globals';
import { receipts } from '../../coordination/receipt.ts';
import { enclosing, newSecret, taking } from '../../runtime/envelope.ts';
import { withStores } from '../support/store.ts';
import { accepted, asked, by, openStage, type Stage } from './stage.ts';

test('an envelope opens by its own secret, unchanged, and by no other', () => {
  const secret = newSecret();
  const [enclosed, taken] = [enclosing(secret), taking(secret)];
  for (const value of ['word', 4_711_471_147_114, false, ['a', null], { sealed: { in: 'another way' } }]) {
    const sealed = enclosed(value);
    expect(JSON.stringify(sealed)).not.toContain(JSON.stringify(value));
    expect(enclosed(value)).not.toEqual(sealed);
    expect(taken(JSON.parse(JSON.stringify(sealed)))).toEqual(value);
    expect(taking(null)(sealed)).toBeNull();
    expect(() => taking(newSecret())(sealed)).toThrow();
  }
  // What tells nothing, and what was stored before there were envelopes, is as it is.
  for (const value of [null, [], {}]) expect(enclosed(value)).toEqual(value);
  expect(taken('word')).toBe('word');
});

withStores((open) => {
  let make: Awaited<ReturnType<typeof openStage>>;
  let stage: Stage;
  beforeAll(async () => {
    make = await openStage(open);
  });
  afterEach(() => stage.close());

  const journal = async () => {
    const [row] = await stage.db.query<{ all: string }>(
      `select (select string_agg(s::text, ' ') from coordination_step s) || (
         select string_agg(w::text, ' ') from coordination_write w) as all`,
    );
    return row?.all ?? '';
  };

  test('the journal says what became of which attribute, and its values only with the secret of the customer', async () => {
    stage = make();
    const one = await stage.start();
    const [id = ''] = await stage.customers(1);
    await accepted(one.update(asked(id, { industry: 'canary was' }), by('caller')));
    const { id: write } = await accepted(one.update(asked(id, { industry: 'canary is' }), by('caller')));
    expect(await journal()).toContain('"industry"');
    expect(await journal()).not.toContain('canary');
    const [first] = (await one.write(write, by('caller')))?.steps ?? [];
    expect(first).toMatchObject({
      changes: { industry: 'canary is' },
      before: { values: { industry: 'canary was' } },
    });

    const before = await one.write(write, by('caller'));
    await stage.db.query('select coordination_forget($1, $2)', [[id], write]);
    const after = await one.write(write, by('caller'));
    expect(after?.steps[0]).toMatchObject({
      changes: { industry: null },
      before: { values: { industry: null } },
    });
    expect(after && receipts(after, [])).toEqual(before && receipts(before, []));
    // Nothing is written for whoever was erased, whoever may have looked before.
    await expect(one.update(asked(id, { industry: 'canary' }), by('caller'))).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  test('the first writes of a customer at the same time in two processes are kept by one secret', async () => {
    stage = make();
    const processes = await Promise.all([stage.start(), stage.start()]);
    const ids = await stage.customers(10);
    const writes = await Promise.all(
      ids.flatMap((id) =>
        processes.map((one, n) => accepted(one.update(asked(id, { industry: `of ${n}` }), by('caller')))),
      ),
    );
    await stage.quiet();
    for (const { id } of writes)
      expect((await processes[0].write(id, by('caller')))?.steps[0]?.changes.industry).toMatch(/^of [01]$/);
  });
});
