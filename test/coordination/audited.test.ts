import { afterEach, beforeAll, expect, test } from '@jest/globals';
import type { AuditEntry } from '../../audit/index.ts';
import { fingerprinterOf } from '../../events/index.ts';
import { withStores } from '../support/store.ts';
import { accepted, asked, by, openStage, type Process, type Stage } from './stage.ts';

const caller = () => by('caller');
const operator = () => by('olga', ['customer:operate:writes']);
const approver = () => by('approver', ['customer:approve:finance']);
const hash = fingerprinterOf('stage');
const limit = (amount: string) => ({ creditLimit: { amount, currency: 'EUR' } });

withStores((open) => {
  let make: Awaited<ReturnType<typeof openStage>>;
  let stage: Stage;
  let one: Process;
  let id: string;
  beforeAll(async () => {
    make = await openStage(open);
  });
  afterEach(() => stage.close());

  async function set(): Promise<void> {
    stage = make();
    await stage.db.script('delete from audit_pending');
    one = await stage.start();
    [id = ''] = await stage.customers(1);
    stage.crm.touch(id, { industry: 'canary-before' });
  }
  /** What was recorded, in order. */
  async function entries(): Promise<readonly AuditEntry[]> {
    const rows = await stage.db.query<{ entry: AuditEntry }>('select entry from audit_pending order by id');
    return rows.map(({ entry }) => entry);
  }

  test('a write is recorded when it is accepted and when it has taken effect, with who, what and why and no value', async () => {
    await set();
    const update = { ...asked(id, { industry: 'canary-after' }), reason: 'as agreed' };
    const write = await accepted(one.update(update, caller()));
    const same = {
      ...{ actor: 'caller', client: null, operation: 'updateCustomer', entity: 'Customer', entityId: id },
      ...{ attributes: ['industry'], receipt: { kind: 'WRITE', id: write.id }, reason: 'as agreed' },
      requests: [{ correlationId: write.correlationId, traceId: null }],
    };
    expect(await entries()).toEqual([
      { ...same, action: 'WRITE_ACCEPTED', before: {}, after: {}, outcome: null },
      {
        ...{ ...same, action: 'WRITE_SETTLED', outcome: 'SUCCEEDED' },
        before: { industry: hash('industry', 'canary-before') },
        after: { industry: hash('industry', 'canary-after') },
      },
    ]);
    expect(JSON.stringify(await entries())).not.toContain('canary');
    // Sent again it is the same write, which was recorded.
    await one.update(update, caller());
    expect(await entries()).toHaveLength(2);
  });

  test('each effect of a write is in exactly one entry, however often the write is stored on its way', async () => {
    await set();
    const changes = { industry: 'canary-after', provisioningId: 'canary-after' };
    await accepted(one.update(asked(id, changes), caller()));
    const settled = (await entries()).filter(({ action }) => action === 'WRITE_SETTLED');
    // The CRM's effect is stored before billing is asked.
    expect(settled.map(({ attributes, outcome }) => [attributes, outcome])).toEqual([
      [['industry'], 'RUNNING'],
      [['provisioningId'], 'SUCCEEDED'],
    ]);
  });

  test('an effect that was undone is recorded twice: as it was made, and as it was taken back', async () => {
    stage = make({ billing: 'keyed' });
    await stage.db.script('delete from audit_pending');
    one = await stage.start();
    [id = ''] = await stage.customers(1);
    stage.crm.touch(id, { industry: 'old' });
    stage.billing.faults.before = () => ({
      status: 'REFUSED',
      causes: [{ code: 'INVALID_VALUE', message: 'no' }],
    });
    const write = await accepted(
      one.update(asked(id, { industry: 'new', provisioningId: 'new' }, { mode: 'ALL' }), caller()),
    );
    expect(write.state).toBe('FAILED');
    const [made, undone] = [hash('industry', 'new'), hash('industry', 'old')];
    const settled = (await entries()).filter(({ action }) => action === 'WRITE_SETTLED');
    expect(settled.filter(({ attributes }) => attributes.length > 0)).toMatchObject([
      { attributes: ['industry'], before: { industry: undone }, after: { industry: made } },
      { attributes: ['industry'], before: { industry: made }, after: { industry: undone } },
    ]);
    expect(settled.at(-1)).toMatchObject({ outcome: 'FAILED' });
  });

  test('what a worker did that has lost its write is recorded by whoever has it now, once', async () => {
    await set();
    const applied = Promise.withResolvers<undefined>();
    stage.crm.faults.after = () => {
      one.end();
      applied.resolve(undefined);
      return undefined;
    };
    const update = asked(id, { industry: 'canary-after' }, { wait: 'ACCEPTED' });
    await one.update(update, caller()).catch(() => undefined);
    await applied.promise;
    stage.crm.faults.after = undefined;
    await stage.db.script('update coordination_write set due = clock_timestamp() where worker is not null');
    one = await stage.start();
    await stage.quiet();
    expect((await entries()).map(({ action, outcome, after }) => [action, outcome, after])).toEqual([
      ['WRITE_ACCEPTED', null, {}],
      ['WRITE_SETTLED', 'SUCCEEDED', { industry: hash('industry', 'canary-after') }],
    ]);
    expect(stage.log).toHaveLength(1);
  });

  test('each decision about a write is recorded with it, and a refused one is not', async () => {
    await set();
    stage.erp.touch(id, limit('1'));
    const write = async () => (await accepted(one.update(asked(id, limit('2')), caller()))).id;
    const [approved, declined, cancelled] = [await write(), await write(), await write()];
    await one.approve(approved, caller());
    await one.approve(approved, approver());
    await one.decline(declined, 'too much', approver());
    await one.cancel(cancelled, operator());
    await stage.quiet();
    const decisions = (await entries()).filter(({ action }) => action === 'DECISION');
    expect(
      decisions.map(({ actor, operation, outcome, reason, receipt, attributes }) => [
        ...[actor, operation, outcome, reason, receipt?.id, ...attributes],
      ]),
    ).toEqual([
      ['approver', 'approveWrite', 'APPROVE', null, approved, 'creditLimit'],
      ['approver', 'declineWrite', 'DECLINE', 'too much', declined, 'creditLimit'],
      ['olga', 'cancelWrite', 'CANCEL', null, cancelled, 'creditLimit'],
    ]);
  });
});
