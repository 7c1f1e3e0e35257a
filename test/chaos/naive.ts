import { randomUUID } from 'node:crypto';
import type { Values } from '../../coordination/write.ts';
import { createHttp } from '../../runtime/http.ts';
import { billing } from '../../subgraphs/billing/index.ts';
import { crm } from '../../subgraphs/crm/index.ts';
import { erp } from '../../subgraphs/erp/index.ts';
import { httpWire } from '../../subgraphs/http-wire.ts';
import { openStore } from '../../subgraphs/store.ts';
import type { SystemModule } from '../../subgraphs/system.ts';
import type { Claim, ClaimedReceipt } from './claims.ts';
import { storeConfig, type WorkerOrder } from './messages.ts';
import { serveSubject, type Failpoint, type Subject } from './subject.ts';
import type { Submission } from './workload.ts';

/** The attributes of the workload in their owners' words. */
const words: Readonly<Record<string, (value: unknown) => object>> = {
  name: (Name) => ({ Name }),
  industry: (Industry) => ({ Industry }),
  website: (Website) => ({ Website }),
  billingAddress: (value) => {
    const { lines, city, postalCode, country } = value as Record<string, unknown>;
    const [StreetName] = lines as string[];
    return {
      to_BillToAddress: { StreetName, CityName: city, PostalCode: postalCode, Country: country },
    };
  },
  paymentTerms: (value) => ({ PaymentTerms: (value as Record<string, unknown>).code }),
  provisioningId: (value) => ({ provisioning_id: value }),
  invoiceDelivery: (value) => ({
    invoice_settings: { delivery: 'email', email: (value as Record<string, unknown>).email },
  }),
};

/**
 * The coordination layer as one writes it first: no journal, no queue, no probe, no undo; a call that failed is made
 * again. A run that does not find it out is worth nothing.
 */
async function openNaive({ owners, store }: WorkerOrder, failpoint: Failpoint): Promise<Subject> {
  const { identity } = await openStore(storeConfig(store), () => undefined);
  const { send } = createHttp();
  const call = { correlationId: 'naive', signal: new AbortController().signal };
  const claims = new Map<string, Claim>();
  const ids = new Map<string, string>();

  function owner<R extends object, Rows extends object>(
    { name, system, connect }: SystemModule<R, Rows>,
    attributes: readonly string[],
  ) {
    const connector = connect(httpWire(name, `${owners}/${name}`, send));
    return {
      system,
      ownIn: (changes: Values) => Object.keys(changes).filter((attribute) => attributes.includes(attribute)),
      change: async (key: string, own: readonly string[], changes: Values, wireKey: string) => {
        const ifVersion = (await connector.read([key], [], call)).get(key)?.version;
        const fields = own.map((attribute) => words[attribute]?.(changes[attribute]));
        const options = ifVersion === undefined ? { wireKey } : { wireKey, ifVersion };
        const changed = await connector.update(
          key,
          Object.assign({}, ...fields) as Partial<R>,
          options,
          call,
        );
        return changed.version;
      },
    };
  }
  const systems = [
    owner(crm, ['name', 'industry', 'website']),
    owner(erp, ['billingAddress', 'paymentTerms']),
    owner(billing, ['provisioningId', 'invoiceDelivery']),
  ];

  async function carryOut(
    id: string,
    number: number,
    { customer, changes, mode }: Submission,
  ): Promise<void> {
    const keys = (await identity.crosswalk.keysOf([customer])).get(customer);
    const receipts: ClaimedReceipt[] = [];
    const claim = (state: Claim['state']) =>
      claims.set(id, { id, copyOf: null, queue: customer, number, mode, state, receipts });
    claim('RUNNING');
    for (const [ordinal, { system, ownIn, change }] of systems.entries()) {
      const own = ownIn(changes);
      if (own.length === 0) continue;
      let version: string | null = null;
      for (let tried = 0; tried < 5 && version === null; tried++) {
        await failpoint('before the call');
        const wireKey = `${id}.${ordinal}.${tried}`;
        version = await change(keys?.[system] ?? '', own, changes, wireKey).catch(() => null);
        await failpoint('after the call');
      }
      const outcome = version === null ? 'REJECTED' : 'APPLIED';
      for (const attribute of own)
        receipts.push({ attribute, system, outcome, versionBefore: null, versionAfter: version });
    }
    const applied = receipts.filter(({ outcome }) => outcome === 'APPLIED').length;
    claim(applied === receipts.length ? 'SUCCEEDED' : applied === 0 ? 'FAILED' : 'PARTIAL');
  }

  return {
    async enrol(enrolments) {
      await identity.register.enrol(enrolments);
    },
    async submit(submission) {
      const known = ids.get(submission.key);
      if (known !== undefined) return { id: known };
      const id = randomUUID();
      ids.set(submission.key, id);
      const done = carryOut(id, ids.size, submission);
      if (submission.wait === 'CONFIRMED') await done;
      return { id };
    },
    onboard: () => Promise.resolve({ refusals: ['NOT_THERE'] }),
    say: () => Promise.resolve(),
    onboardings: () => Promise.resolve([]),
    lame: () => Promise.resolve([]),
    open: () => Promise.resolve([...claims.values()].filter(({ state }) => state === 'RUNNING').length),
    claims: () => Promise.resolve([...claims.values()]),
  };
}

await serveSubject(openNaive);
