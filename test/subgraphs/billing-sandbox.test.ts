import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Db } from '../../runtime/db/index.ts';
import { billingId, loadBilling } from '../../subgraphs/billing/index.ts';
import { withStores } from '../support/store.ts';
import { billingOver, call, openBillingStore } from './billing-store.ts';

withStores((open) => {
  let db: Db;
  let billing: ReturnType<typeof billingOver>;
  const api: ReturnType<typeof billingOver>['api'] = (...request) => billing.api(...request);

  beforeAll(async () => {
    db = await openBillingStore(open);
    billing = billingOver(db);
  });

  describe('parameters', () => {
    const number = '4242 4242 4242 4242';
    test.each([
      [{ currency: 'xxx' }, 'parameter_invalid', 'currency'],
      [{ currency: 'EUR' }, 'parameter_invalid', 'currency'],
      [{}, 'parameter_missing', 'currency'],
      [{ currency: 'eur', balance: 5 }, 'parameter_unknown', 'balance'],
      [{ currency: 'eur', created: 5 }, 'parameter_unknown', 'created'],
      [{ currency: 'eur', metadata: { acount: 'x' } }, 'parameter_unknown', 'metadata[acount]'],
      [{ currency: 'eur', delinquency: 'late' }, 'parameter_invalid', 'delinquency'],
      [
        { currency: 'eur', invoice_settings: { delivery: 'email' } },
        'parameter_invalid',
        'invoice_settings[email]',
      ],
      [
        { currency: 'eur', invoice_settings: { delivery: 'email', email: 'a@b' } },
        'parameter_invalid',
        'invoice_settings[email]',
      ],
      [{ currency: 'eur', address: { lines: [], country: 'XX' } }, 'parameter_invalid', 'address[country]'],
      [
        { currency: 'eur', default_payment_method: { type: 'card', number } },
        'parameter_unknown',
        'default_payment_method[number]',
      ],
      [
        { currency: 'eur', default_payment_method: { type: 'card', last4: number } },
        'parameter_invalid',
        'default_payment_method[last4]',
      ],
      [
        { currency: 'eur', default_payment_method: { type: 'card', brand: number } },
        'parameter_invalid',
        'default_payment_method[brand]',
      ],
    ])('%j is refused: %s %s', async (body, code, param) => {
      const { status, shown } = await api('POST', '/customers', body);
      expect(status).toBe(400);
      expect(shown.error).toMatchObject({ type: 'invalid_request_error', code, param });
      expect(JSON.stringify(shown)).not.toContain('4242');
    });

    test('who owes something is not closed', async () => {
      const { shown } = await api('POST', '/customers', { currency: 'eur' });
      const line = { customer: shown.id, total: 500, status: 'open' };
      const invoice = await api('POST', '/invoices', line);
      expect(invoice.status).toBe(200);
      const closing = () => api('POST', `/customers/${shown.id}`, { collection: 'closed' });
      expect((await closing()).shown.error).toMatchObject({ param: 'collection' });
      await api('POST', `/invoices/${invoice.shown.id}/pay`);
      expect((await closing()).status).toBe(200);
    });

    test('empty text unsets, objects are merged, a payment method is replaced', async () => {
      const { shown } = await api('POST', '/customers', {
        currency: 'eur',
        name: 'Merged',
        metadata: { account: 'x' },
        invoice_settings: { delivery: 'email', email: 'a@b.example' },
        default_payment_method: { type: 'card', last4: '4242', exp_month: 1, exp_year: 2030 },
      });
      const changed = await api('POST', `/customers/${shown.id}`, {
        name: '',
        invoice_settings: { email: 'c@d.example' },
        default_payment_method: { type: 'bank_transfer' },
      });
      expect(changed.shown).toMatchObject({
        name: null,
        metadata: { account: 'x' },
        invoice_settings: { delivery: 'email', email: 'c@d.example' },
        default_payment_method: { type: 'bank_transfer', last4: null, exp_month: null },
        resource_version: 2,
      });
      const unset = await api('POST', `/customers/${shown.id}`, { invoice_settings: { email: '' } });
      expect(unset.shown.error).toMatchObject({ param: 'invoice_settings[email]' });
    });

    test('the currency is fixed when the customer is made', async () => {
      const { shown } = await api('POST', '/customers', { currency: 'eur' });
      expect((await api('POST', `/customers/${shown.id}`, { currency: 'eur' })).status).toBe(200);
      expect((await api('POST', `/customers/${shown.id}`, { currency: 'usd' })).shown.error.param).toBe(
        'currency',
      );
    });

    test('more than 100 ids in one call are refused', async () => {
      const ids = Array.from({ length: 101 }, (_, i) => billingId('cus', String(i)));
      expect((await api('GET', `/customers?id[in]=${ids.join()}`)).status).toBe(400);
    });
  });

  describe('the balance', () => {
    const customer = async () => (await api('POST', '/customers', { currency: 'eur' })).shown.id;
    const balance = async (id: string) => (await api('GET', `/customers/${id}`)).shown.balance;
    const invoice = async (id: string, total: number, status: string) =>
      (await api('POST', '/invoices', { customer: id, total, status })).shown.id;

    test('is what open invoices leave to be paid, after every step', async () => {
      const id = await customer();
      const first = await invoice(id, 1000, 'open');
      expect(await balance(id)).toBe(1000);
      const draft = await invoice(id, 500, 'draft');
      expect(await balance(id)).toBe(1000);
      await api('POST', `/invoices/${draft}/finalize`);
      expect(await balance(id)).toBe(1500);
      await api('POST', `/invoices/${first}/pay`);
      expect(await balance(id)).toBe(500);
      await api('POST', `/invoices/${draft}/mark_uncollectible`);
      expect(await balance(id)).toBe(0);
      await invoice(id, -700, 'open');
      expect(await balance(id)).toBe(-700);
      expect((await api('POST', `/invoices/${first}/pay`)).shown.error.code).toBe('invoice_state');
    });

    test('is exact when many invoices are made and paid at the same time', async () => {
      const id = await customer();
      const made = await Promise.all(Array.from({ length: 10 }, (_, i) => invoice(id, 100 + i, 'open')));
      const paying = made.slice(0, 5).flatMap((one) => [one, one]);
      const [answers] = await Promise.all([
        Promise.all(paying.map((one) => api('POST', `/invoices/${one}/pay`))),
        Promise.all(Array.from({ length: 5 }, () => invoice(id, 1, 'open'))),
      ]);
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(5);
      expect(await balance(id)).toBe(105 + 106 + 107 + 108 + 109 + 5);
    });

    test('follows loaded invoices, and loading again changes nothing', async () => {
      const [key, other] = [billingId('cus', 'loaded'), await customer()];
      const invoices = [3, 4, 5].map((total) => ({
        key: billingId('in', `loaded ${total}`),
        body: {
          customer: total === 5 ? other : key,
          number: String(total),
          status: total === 4 ? ('paid' as const) : ('open' as const),
          currency: 'eur',
          created: 852_076_800,
          due_date: null,
          paid_at: null,
          total,
          amount_due: total === 4 ? 0 : total,
        },
      }));
      const body = {
        metadata: { account: 'loaded' },
        name: 'Loaded',
        currency: 'eur',
        invoice_settings: null,
        delinquency: null,
        default_payment_method: null,
        bank_account: null,
        provisioning_id: null,
        business: null,
        address: null,
        terms: null,
        created: 852_076_800,
      };
      for (const version of [1, 1]) {
        await loadBilling(db, { customers: [{ key, body }], invoices, subscriptions: [] });
        expect((await api('GET', `/customers/${key}`)).shown).toMatchObject({
          balance: 3,
          resource_version: version,
        });
        expect((await api('GET', `/customers/${other}`)).shown).toMatchObject({
          balance: 5,
          resource_version: 2,
        });
      }
    });
  });

  describe('events', () => {
    const last = async () => (await api('GET', '/events?after=now')).shown.last;

    test('tell what was done in order, with the object as it then was', async () => {
      const start = await last();
      const { id } = (await api('POST', '/customers', { currency: 'eur', name: 'One' })).shown;
      await api('POST', `/customers/${id}`, { name: 'Two' });
      await api('DELETE', `/customers/${id}`);
      const { shown } = await api('GET', `/events?after=${start}`);
      expect(shown.data.map(({ type, data }) => [type, data.object.id, data.object.name])).toEqual([
        ['customer.created', id, 'One'],
        ['customer.updated', id, 'Two'],
        ['customer.deleted', id, 'Two'],
      ]);
      expect(shown.last).toBe(shown.data.at(-1)?.id);
      expect((await api('GET', `/events?after=${shown.last}`)).shown).toMatchObject({
        data: [],
        last: shown.last,
      });
    });

    test('of an invoice move its customer in the feed', async () => {
      const { id } = (await api('POST', '/customers', { currency: 'eur' })).shown;
      const since = await last();
      await api('POST', '/invoices', { customer: id, total: 5 });
      const { changed } = await billing.connector.changes(since, call);
      expect(changed.map(({ key }) => key)).toEqual([id]);
    });

    test('that are no longer kept are not passed over in silence', async () => {
      const start = await last();
      await api('POST', '/customers', { currency: 'eur' });
      const middle = await last();
      await api('POST', '/customers', { currency: 'eur' });
      await db.query(`update sandbox_history set at = at - interval '31 days' where seq <= $1`, [
        String(Number(middle.slice(4))),
      ]);
      await expect(billing.connector.changes(start, call)).rejects.toMatchObject({ code: 'INVALID_CURSOR' });
      expect((await billing.connector.changes(middle, call)).changed).toHaveLength(1);
      await expect(billing.connector.changes('evt_1', call)).rejects.toMatchObject({
        code: 'INVALID_CURSOR',
      });
    });

    test('begin with every customer there is, page by page, in a feed from the beginning', async () => {
      const made = Array.from({ length: 230 }, (_, i) => billingId('cus', `page ${i}`));
      const [template] = await db.query<{ body: object }>('select body from billing_customer limit 1');
      await loadBilling(db, {
        customers: made.map((key) => ({ key, body: template?.body as never })),
        invoices: [],
        subscriptions: [],
      });
      const seen: string[] = [];
      let place: string | null = null;
      for (let more = true; more;) {
        const page = await billing.connector.changes(place, call);
        seen.push(...page.changed.map(({ key }) => key));
        ({ next: place, more } = page);
      }
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen).toEqual(expect.arrayContaining(made));
    });
  });
});
