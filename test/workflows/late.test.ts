import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { isOfWrite } from '../../coordination/workflows/drive.ts';
import { decisionsIn } from '../../coordination/decisions.ts';
import { journalIn } from '../../coordination/journal.ts';
import { recordsIn } from '../../coordination/records.ts';
import { questionOf } from '../../coordination/workflows/kinds.ts';
import { withStores } from '../support/store.ts';
import { asTester, openStage, type Given, type Stage } from './stage.ts';

const values = {
  name: 'Somebody Late',
  country: 'US',
  billingAddress: {
    ...{ lines: ['1 Main Street'], city: 'Portland', region: 'OR', postalCode: '97209', country: 'US' },
  },
  taxRegistrations: [{ country: 'US', kind: 'EIN', number: '911144442', validFrom: null, validTo: null }],
};
const path = '/odata/v1/A_BusinessPartner';

/** The call that makes the ERP's customer ends unanswered and without an effect, is made again, and the end is wanted. */
function unluckyAt(stage: Stage): Given {
  let journalled = 0;
  return {
    async atWrite(boundary) {
      if (boundary !== 'journalled' || ++journalled !== 2) return;
      await faults(stage, [{ kind: 'lateEffect', method: 'POST', times: 1, delay: 600_000 }]);
    },
    async happened({ id }, event) {
      if (!isOfWrite(event) || event.place.stage !== 'ERP_CUSTOMER' || event.write?.state !== 'PENDING')
        return;
      await stage.store.cancel(id, ['BILLING_ACCOUNT'], { by: 'a person', reason: null }, []);
    },
  };
}

function faults(stage: Stage, body: readonly object[]) {
  return stage.system('erp', { method: 'PUT', path: '/sandbox/faults', body });
}

const idle = {
  look: () => undefined,
  reserve: () => null,
  waitFor: () => Promise.resolve(null),
  running: () => ({ INTERACTIVE: 0, ONBOARDING: 0, BULK: 0 }),
  stop: () => Promise.resolve(),
};

withStores((open) => {
  test('a call that arrives after what it was to make was taken back leaves nothing that nobody knows of', async () => {
    const stage = await openStage(await open());
    const entityId = randomUUID();
    const id = await stage.start(entityId, values);
    await stage.process(unluckyAt(stage)).carryOn();
    const [partner] = await stage.db.query<{ key: string; body: object }>(
      `select key, body from sandbox_history where entity = 'erp_business_partner' and kind = 'CREATE'`,
    );
    // The one that was late comes now.
    const late = stage.system('erp', { method: 'POST', path, body: partner?.body }).then(
      () => 'a second partner',
      () => 'refused',
    );
    expect(await late).toBe('refused');
    const parked = await stage.view(id);
    expect(questionOf(parked)).toMatchObject({ kind: 'WRITE', system: 'ERP' });

    // Somebody has looked whether it came, and says: once more.
    const asked = questionOf(parked);
    const engine = {
      journal: journalIn({ db: stage.db, worker: randomUUID(), lease: 60_000 }),
      ...{ records: recordsIn(stage.db), worker: idle },
    };
    const write = asked?.kind === 'WRITE' ? asked.write : '';
    expect(await decisionsIn(engine).retry(write, asTester())).toMatchObject({ refusals: [] });
    await stage.process().carryOn();
    expect(await stage.view(id)).toMatchObject({ state: 'CANCELLED', stage: 'ENDED' });
    expect(await stage.history(entityId)).toEqual([
      'crm_account CREATE',
      'erp_business_partner CREATE',
      'erp_business_partner UPDATE',
      'crm_account DELETE',
    ]);
  });
});
