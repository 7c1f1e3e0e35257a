import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Db } from '../../runtime/db/index.ts';
import type { PartnerBody } from '../../subgraphs/erp/validation.ts';
import { withStores } from '../support/store.ts';
import { alfreds, erpOver, openErpStore } from './erp-store.ts';

withStores((open) => {
  let db: Db;
  let erp: ReturnType<typeof erpOver>;
  const path = '/A_BusinessPartner';

  beforeAll(async () => {
    db = await openErpStore(open);
  });
  beforeEach(async () => {
    await db.script('truncate erp_business_partner, sandbox_history');
    erp = erpOver(db);
    await erp.tables.partners.load([{ key: '0001000042', body: alfreds }]);
  });

  const refused = (body: unknown) =>
    (body as { error: { innererror: { errordetails: { propertyref: string; code: string }[] } } }).error
      .innererror.errordetails;

  test('a partner that is created gets a number of ten digits and a version', async () => {
    const { status, headers, body } = await erp.api('POST', path, { OrganizationBPName1: 'Island Trading' });
    expect(status).toBe(201);
    expect(headers.etag).toBe('W/"1"');
    expect(body).toMatchObject({
      BusinessPartner: expect.stringMatching(/^\d{10}$/),
      OrganizationBPName1: 'Island Trading',
      CreditCheckRule: 'NONE',
      LastChangeTime: expect.stringMatching(/^\d\d:\d\d:\d\d$/),
    });
  });

  test('who has no credit is not sold to again', async () => {
    const patch = (changes: object) => erp.api('PATCH', `${path}/0001000042`, changes, { 'if-match': '*' });
    expect(await patch({ OrderIsBlockedForCustomer: '01', CreditAccountIsBlocked: true })).toMatchObject({
      status: 200,
    });
    const lifted = await patch({ OrderIsBlockedForCustomer: '' });
    expect(refused(lifted.body)).toMatchObject([{ propertyref: 'OrderIsBlockedForCustomer' }]);
    const both = { OrderIsBlockedForCustomer: '', CreditAccountIsBlocked: false };
    expect(await patch(both)).toMatchObject({ status: 200 });
  });

  test('an ExternalReference belongs to one partner, at creation and later', async () => {
    const { ExternalReference } = alfreds;
    const created = await erp.api('POST', path, { OrganizationBPName1: 'Copy', ExternalReference });
    expect(created).toMatchObject({ status: 409, body: { error: { code: 'BP_DUPLICATE' } } });
    const other = await erp.api('POST', path, { OrganizationBPName1: 'Other' });
    const { BusinessPartner: number } = other.body as { BusinessPartner: string };
    const changed = await erp.api('PATCH', `${path}/${number}`, { ExternalReference }, { 'if-match': '*' });
    expect(changed).toMatchObject({ status: 409, body: { error: { code: 'BP_DUPLICATE' } } });
  });

  test('a change needs an If-Match, and a stale one is refused', async () => {
    const change = { OrganizationBPName1: 'Alfreds Feinkost' };
    const patch = (headers: Record<string, string>) =>
      erp.api('PATCH', `${path}/0001000042`, change, headers);
    expect(await patch({})).toMatchObject({
      status: 428,
      body: { error: { code: 'PRECONDITION_REQUIRED' } },
    });
    expect(await patch({ 'if-match': 'W/"1"' })).toMatchObject({ status: 200, headers: { etag: 'W/"2"' } });
    expect(await patch({ 'if-match': 'W/"1"' })).toMatchObject({ status: 412 });
    expect(await patch({ 'if-match': 'nonsense' })).toMatchObject({ status: 412 });
    expect(await patch({ 'if-match': '*' })).toMatchObject({ status: 200, headers: { etag: 'W/"3"' } });
    expect(await erp.api('PATCH', `${path}/0000000001`, change, { 'if-match': '*' })).toMatchObject({
      status: 404,
    });
  });

  test('only what is selected and expanded is shown', async () => {
    const ask = (select: string[], expand: string[]) =>
      erp.api('POST', `${path}/$query`, { filter: ['0001000042', '0000000009'], select, expand });
    const { body } = await ask(['PaymentTerms'], ['to_PaymentTerms']);
    const annotations = ['@odata.etag', 'BusinessPartner', 'LastChangeDate', 'LastChangeTime'];
    const { value } = body as { value: object[] };
    expect(value.map((one) => Object.keys(one).sort())).toEqual([
      [...annotations, 'PaymentTerms', 'to_PaymentTerms'].sort(),
    ]);
    expect(value[0]).toMatchObject({
      PaymentTerms: 'D230',
      to_PaymentTerms: { CashDiscount1Percent: '2.000' },
    });
    expect(await ask(['Salary'], [])).toMatchObject({ status: 400 });
    expect(await ask([], ['to_Moon'])).toMatchObject({ status: 400 });
    expect(await erp.api('POST', `${path}/$query`, 'all of them')).toMatchObject({ status: 400 });
  });

  test('archived is not deleted', async () => {
    expect(await erp.api('DELETE', `${path}/0001000042`)).toMatchObject({ status: 204 });
    expect(await erp.api('GET', `${path}/0001000042`)).toMatchObject({
      body: { IsMarkedForArchiving: true },
    });
    expect(await erp.api('DELETE', `${path}/0000000001`)).toMatchObject({ status: 404 });
  });

  const address = alfreds.to_BillToAddress;
  const [tax] = alfreds.to_BusinessPartnerTax;
  const wrong: readonly (readonly [why: string, property: string, change: object])[] = [
    ['an unknown property', 'Salary', { Salary: 1 }],
    [
      'an unknown property of an address',
      'to_BillToAddress/Planet',
      { to_BillToAddress: { Planet: 'Earth' } },
    ],
    ['no name', 'OrganizationBPName1', { OrganizationBPName1: null }],
    ['a blank name', 'OrganizationBPName1', { OrganizationBPName1: '  ' }],
    [
      'a country that is none',
      'to_BillToAddress/Country',
      { to_BillToAddress: { ...address, Country: 'XX' } },
    ],
    ['a country that was', 'to_BillToAddress/Country', { to_BillToAddress: { ...address, Country: 'DD' } }],
    ['a union as country', 'to_BillToAddress/Country', { to_BillToAddress: { ...address, Country: 'EU' } }],
    ['a second billing address', 'to_BillToAddress', { to_BillToAddress: [address, address] }],
    ['a currency that is none', 'CreditLimitCurrency', { CreditLimit: '1.00', CreditLimitCurrency: 'EUX' }],
    ['an amount that is a number', 'CreditLimit', { CreditLimit: 1, CreditLimitCurrency: 'EUR' }],
    ['a negative limit', 'CreditLimit', { CreditLimit: '-1.00', CreditLimitCurrency: 'EUR' }],
    ['too many digits', 'CreditLimit', { CreditLimit: '1.005', CreditLimitCurrency: 'EUR' }],
    ['digits of a currency without', 'CreditLimit', { CreditLimit: '1.5', CreditLimitCurrency: 'JPY' }],
    ['a limit without currency', 'CreditLimit', { CreditLimit: '1.50' }],
    ['terms that the table lacks', 'PaymentTerms', { PaymentTerms: 'N031' }],
    [
      'terms that mean something else',
      'to_PaymentTerms',
      { PaymentTerms: 'N030', to_PaymentTerms: { ...row('N030'), NetPaymentDays: 60 } },
    ],
    [
      'a tax type that is none',
      'to_BusinessPartnerTax/0/BPTaxType',
      { to_BusinessPartnerTax: [{ ...tax, BPTaxType: 'ZZ0' }] },
    ],
    [
      'a tax number that is none',
      'to_BusinessPartnerTax/0/BPTaxNumber',
      { to_BusinessPartnerTax: [{ ...tax, BPTaxNumber: '?' }] },
    ],
    [
      'a validity that ends before it begins',
      'to_BusinessPartnerTax/0/ValidityEndDate',
      { to_BusinessPartnerTax: [{ ...tax, ValidityEndDate: '2014-12-31' }] },
    ],
    [
      'a day that is none',
      'to_BusinessPartnerTax/0/ValidityStartDate',
      { to_BusinessPartnerTax: [{ ...tax, ValidityStartDate: '2015-02-30' }] },
    ],
    ['a payer that does not exist', 'BillToParty', { BillingStructure: 'OTHER', BillToParty: '0000000001' }],
    ['itself as payer', 'BillToParty', { BillingStructure: 'OTHER', BillToParty: '0001000042' }],
    ['no payer', 'BillToParty', { BillingStructure: 'OTHER', BillToParty: null }],
    [
      'a payer of one that pays itself',
      'BillToParty',
      { BillingStructure: 'OWN', BillToParty: '0001000042' },
    ],
  ];

  function row(code: string) {
    return {
      PaymentTerms: code,
      PaymentTermsDescription: 'Net 30 days',
      NetPaymentDays: 30,
      CashDiscount1Percent: null,
      CashDiscount1Days: null,
    };
  }

  test.each(wrong)('%s is refused, and the property is named', async (_, property, change) => {
    const answer = await erp.api('PATCH', `${path}/0001000042`, change, { 'if-match': '*' });
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'BP_INVALID' } } });
    expect(refused(answer.body).map((one) => one.propertyref)).toContain(property);
    const { body } = await erp.api('GET', `${path}/0001000042`);
    expect(body).toMatchObject({ '@odata.etag': 'W/"1"' });
  });

  test('all that is wrong is said at once', async () => {
    const answer = await erp.api('POST', path, { Salary: 1, PaymentTerms: 'N031', CreditCheckRule: 'NEVER' });
    const properties = refused(answer.body).map((one) => one.propertyref);
    expect(properties.sort()).toEqual(['CreditCheckRule', 'OrganizationBPName1', 'PaymentTerms', 'Salary']);
  });

  test('what the graph puts is what the ERP keeps', async () => {
    const change: Partial<PartnerBody> = {
      PaymentTerms: 'N030',
      CreditLimit: '10',
      CreditLimitCurrency: 'EUR',
      to_ShipToAddress: address ? [address, { ...address, StreetName: 'Hafen 3' }] : [],
    };
    const body = { ...change, to_PaymentTerms: row('N030') };
    const { body: kept } = await erp.api('PATCH', `${path}/0001000042`, body, { 'if-match': '*' });
    expect(kept).toMatchObject({ ...body, CreditLimit: '10.00' });
  });

  test('its log has each change once, with the key of the call', async () => {
    const headers = { 'if-match': '*', 'x-request-key': 'step-7' };
    await erp.api('PATCH', `${path}/0001000042`, { PaymentTerms: 'N060' }, headers);
    const { body } = await erp.sandbox.wire(
      { method: 'GET', path: '/sandbox/history' },
      { correlationId: '', signal: AbortSignal.timeout(10_000) },
    );
    expect(body).toMatchObject([
      { kind: 'UPDATE', key: '0001000042', wire_key: 'step-7', body: { PaymentTerms: 'N060' } },
    ]);
  });
});
