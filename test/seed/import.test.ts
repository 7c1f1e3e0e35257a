import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { importFile } from '../../subgraphs/import/run.ts';
import { seedNorthwind } from '../../subgraphs/seed/northwind.ts';
import type { Store } from '../../subgraphs/store.ts';
import { contents, count, emptyStore } from './support.ts';
import { terminal } from './terminal.ts';

let store: Store;
const folder = mkdtempSync(join(tmpdir(), 'import-'));
beforeAll(async () => {
  store = await emptyStore();
});
beforeEach(() =>
  store.db.script(
    'truncate crm_account, crm_contact, identity_customer, identity_crosswalk, identity_facts, identity_tally, sandbox_history',
  ),
);
afterAll(async () => {
  await store.db.close();
  rmSync(folder, { recursive: true });
});

interface Options {
  readonly mapping?: Record<string, string | null>;
  readonly rejects?: string;
  readonly dryRun?: boolean;
}

/** Imports a text: the exit code, what was reported line by line, and the summary. */
async function imported(text: string, { mapping = {}, rejects, dryRun = false }: Options = {}) {
  const file = join(folder, 'given.csv');
  writeFileSync(file, text);
  const { written, ...at } = terminal();
  const order = {
    file,
    encoding: 'utf-8',
    lines: text.split('\n').length,
    mapping: new Map(Object.entries(mapping)),
    rejects: rejects ?? null,
    dryRun,
  };
  const code = await importFile(order, { store, ...at });
  return { code, reported: written.err.split('\n').filter(Boolean), summary: written.out.trim() };
}

const accounts = () =>
  store.db.query<{ number: string; body: Record<string, unknown> }>(
    `select external as number, body from crm_account order by external`,
  );

const salesforce = `"Account ID","Account Name","Type","Phone","Website","Industry","Billing Country","Employees"
001A,Müller Maschinenbau GmbH,Customer - Direct,+49 30 12345,www.mueller.example,Machinery,Germany,"1,250"
001B,"Dupont, Père & Fils",Prospect,,https://dupont.example,Food,France,
`;

test('good rows become accounts, in the words of the CRM', async () => {
  const { code, reported, summary } = await imported(salesforce);
  expect([code, reported]).toEqual([0, []]);
  expect(summary).toBe(
    '2 rows: 2 accounts made, 0 changed, 0 unchanged, 0 people made or changed, 0 rows refused.',
  );
  expect((await accounts()).map(({ body }) => body)).toMatchObject([
    {
      AccountNumber: '001A',
      Name: 'Müller Maschinenbau GmbH',
      Type: 'Customer',
      Website: 'https://www.mueller.example',
      NumberOfEmployees: 1250,
    },
    {
      AccountNumber: '001B',
      Name: 'Dupont, Père & Fils',
      Type: 'Prospect',
      Phone: null,
      NumberOfEmployees: null,
    },
  ]);
});

test('imported accounts are found in the graph at once', async () => {
  await imported(salesforce);
  const found = await store.db.query('select name, country, domains from identity_customer order by name');
  expect(found).toEqual([
    { name: 'dupont pere fils', country: 'FR', domains: ['dupont.example'] },
    { name: 'muller maschinenbau gmbh', country: 'DE', domains: ['mueller.example'] },
  ]);
  expect(
    await count(store, 'identity_crosswalk', `system = 'CRM' and key in (select key from crm_account)`),
  ).toBe(2);
});

test('running again is harmless', async () => {
  await imported(salesforce);
  const before = await contents(store);
  expect((await imported(salesforce)).summary).toMatch(/^2 rows: 0 accounts made, 0 changed, 2 unchanged/);
  expect(await contents(store)).toEqual(before);
  expect(await count(store, 'sandbox_history')).toBe(2);
});

test('a row with other values changes what is different, and an empty cell leaves the value as it is', async () => {
  await imported(salesforce);
  const { summary } = await imported(
    'Account ID,Account Name,Industry,Website\n001A,,Robotics,\n001B,Dupont,,\n',
  );
  expect(summary).toMatch(/^2 rows: 0 accounts made, 2 changed/);
  expect((await accounts()).map(({ body }) => [body.Name, body.Industry, body.Website])).toEqual([
    ['Müller Maschinenbau GmbH', 'Robotics', 'https://www.mueller.example'],
    ['Dupont', 'Food', 'https://dupont.example'],
  ]);
  const names = await store.db.query<{ name: string }>('select name from identity_customer order by name');
  expect(names.map(({ name }) => name)).toEqual(['dupont', 'muller maschinenbau gmbh']);
});

const bad: readonly (readonly [what: string, row: string, report: string])[] = [
  ['no number', ',Nobody,,,', 'Customer ID is empty: every row needs the number of its account'],
  ['no name', 'X,,,,', 'Name must not be empty'],
  [
    'an unknown country',
    'X,Name,Atlantis,,',
    'Country: "Atlantis" is not known; write the ISO code or the English name',
  ],
  [
    'a size that is no number',
    'X,Name,,51-200,',
    'Employees: NumberOfEmployees must be a whole number from 0 to 99999999',
  ],
  ['a wrong e-mail address', 'X,Name,,,nobody', 'Email must be an e-mail address'],
  [
    'too many cells',
    'X,Name,,,,,',
    'it has 7 cells where the header has 5; quote cells that hold the separator',
  ],
  [
    'text after a closing quote',
    'X,"Name"s,,,',
    'a quoted cell goes on after its closing quote; double quotes within it',
  ],
  ['a quote that is never closed', '"X,Name,,,', 'a quote is opened and never closed'],
  ['a NUL character', 'X,Na\0me,,,', 'it holds a NUL character'],
  ['a name that is too long', `X,${'n'.repeat(256)},,,`, 'Name must be text of at most 255 characters'],
  [
    'two faults',
    'X,Name,Atlantis,many,',
    'Country: "Atlantis" is not known; write the ISO code or the English name; Employees: NumberOfEmployees must be a whole number from 0 to 99999999',
  ],
];

test.each(bad)('%s: the row is reported, those around it are kept', async (_, row, report) => {
  const header = 'Customer ID,Name,Country,Employees,Email';
  const { code, reported, summary } = await imported(`${header}\nA,Before,,,\n${row}\nB,After,,,\n`);
  expect(reported).toEqual([`line 3: ${report}`]);
  expect(code).toBe(2);
  expect(summary).toMatch(/^3 rows: 2 accounts made, .* 1 row refused\.$/);
  expect((await accounts()).map(({ number }) => number)).toEqual(['A', 'B']);
});

test.each([
  ['semicolons', ';', '\n'],
  ['tabs', '\t', '\n'],
  ['bars', '|', '\n'],
  ['commas and CRLF', ',', '\r\n'],
  ['commas and CR', ',', '\r'],
])('%s are found out, a byte order mark is passed over, lines are counted', async (_, separator, end) => {
  const rows = [
    ['CustomerID', 'Company Name', 'ContactName'],
    ['A', 'One', '"Anna', 'Bo"'],
    ['B', '"say ""hi"""', ''],
    [],
    ['', 'No number', ''],
  ];
  const lines = rows.map((cells) => cells.join(separator));
  lines[1] = `A${separator}One${separator}"Anna${end}Bo"`;
  const { reported } = await imported(`\ufeff${lines.join(end)}`);
  expect(reported).toEqual(['line 6: CustomerID is empty: every row needs the number of its account']);
  expect((await accounts()).map(({ body }) => body.Name)).toEqual(['One', 'say "hi"']);
  expect(await count(store, 'crm_contact', `body ->> 'Name' = 'Anna Bo'`)).toBe(1);
});

test('several rows of one account add people; other values of the account are a contradiction', async () => {
  const { code, reported, summary } = await imported(
    'Record ID,Company name,First Name,Last Name,Email,Job Title\n' +
      '1,Acme,Ann,Lee,ann@acme.example,CEO\n' +
      '1,Acme,Bob,Ray,bob@acme.example,Buyer\n' +
      '1,Acme Ltd,Cy,Fox,cy@acme.example,\n',
  );
  expect([code, reported]).toEqual([2, ['line 4: line 2 says something else of the account "1"']]);
  expect(summary).toBe(
    '3 rows: 1 account made, 0 changed, 1 unchanged, 2 people made or changed, 1 row refused.',
  );
  const people = await store.db.query<{ body: object }>('select body from crm_contact order by sort');
  expect(people.map(({ body }) => body)).toMatchObject([
    { Name: 'Ann Lee', Roles__c: ['Decision Maker'], Email: 'ann@acme.example' },
    { Name: 'Bob Ray', Roles__c: ['Buyer'] },
  ]);
});

test('the account above may come later in the file; one that never comes, or is below, is reported', async () => {
  const { code, reported } = await imported(
    'AccountNumber,Name,Parent Account Number\nA,Alpha,B\nB,Beta,\nC,Gamma,NONE\nD,Delta,D\n',
  );
  expect(code).toBe(2);
  // That nobody comes is known at the end only.
  expect(reported).toEqual([
    'line 5: kept, but "D" is the account itself, or below it',
    'line 4: kept, but there is no account "NONE" to be above it',
  ]);
  const [alpha, beta] = await accounts();
  const [row] = await store.db.query<{ key: string }>(`select key from crm_account where external = 'B'`);
  expect([alpha?.body.ParentId, beta?.body.ParentId]).toEqual([row?.key, null]);
});

test('a dry run reports the same and changes nothing', async () => {
  const { code, summary } = await imported(`${salesforce}001C,,,,,,,\n`, { dryRun: true });
  expect(code).toBe(2);
  expect(summary).toMatch(/^3 rows: 2 accounts would be made, .* 1 row refused\.$/);
  expect([await count(store, 'crm_account'), await count(store, 'identity_customer')]).toEqual([0, 0]);
});

test('refused rows can be corrected in the file of rejects and imported', async () => {
  const rejects = join(folder, 'rejects.csv');
  await imported('Customer ID,Name,Country\nA,"One; two",Atlantis\nB,Beta,UK\n', { rejects });
  const written = readFileSync(rejects, 'utf8');
  expect(written.split('\r\n').slice(0, 2)).toEqual([
    'Customer ID,Name,Country,Line,Reason',
    'A,"One; two",Atlantis,2,"Country: ""Atlantis"" is not known; write the ISO code or the English name"',
  ]);
  const { code } = await imported(written.replace('Atlantis', 'Greece'));
  expect(code).toBe(0);
  expect((await accounts()).map(({ body }) => body.Name)).toEqual(['One; two', 'Beta']);
});

test('a mapping names columns that are not recognised, and leaves others out', async () => {
  const { reported } = await imported('Nr,Bezeichnung,Phone\nA,Eins,none of your business\n', {
    mapping: { Nr: 'AccountNumber', Bezeichnung: 'name', Phone: null },
  });
  expect(reported).toEqual(['Columns that are not used: Phone.']);
  expect((await accounts()).map(({ body }) => [body.Name, body.Phone])).toEqual([['Eins', null]]);
});

test("the sample's own file, imported into a store that has the sample, is all known", async () => {
  await seedNorthwind({ ...store, progress: () => undefined });
  const { summary } = await imported(readFileSync('samples/northwind-customers.csv', 'utf8'));
  expect(summary).toBe(
    '91 rows: 0 accounts made, 0 changed, 91 unchanged, 0 people made or changed, 0 rows refused.',
  );
});
