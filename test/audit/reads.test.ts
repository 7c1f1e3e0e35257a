import { expect, test } from '@jest/globals';
import type { AuditEntry } from '../../audit/index.ts';
import { entriesOf, gatherReads, type Read, type ReadsPace } from '../../audit/reads.ts';
import type { Db } from '../../runtime/db/index.ts';

const asker = (subject: string, client?: string): Read['principal'] => ({
  ...{ subject, scopes: new Set<string>() },
  ...(client === undefined ? {} : { client }),
});
let asked = 0;
const read = (given: Partial<Read> = {}): Read => ({
  ...{
    principal: asker('ada', 'crm-app'),
    operation: 'Contacts',
    personal: ['Contact.email', 'Contact.name'],
  },
  ...{ correlationId: `c-${++asked}`, traceparent: null, ...given },
});

test('the same read of the same caller within one moment is one entry that names each request', () => {
  const [first, second] = [read(), read()];
  expect(entriesOf([first, second])).toEqual([
    expect.objectContaining({
      ...{ action: 'READ_PERSONAL', actor: 'ada', client: 'crm-app', operation: 'Contacts' },
      attributes: ['Contact.email', 'Contact.name'],
      requests: [first, second].map(({ correlationId }) => ({ correlationId, traceId: null })),
    }),
  ]);
});

test.each<[string, Partial<Read>]>([
  ['of another person', { principal: asker('bob', 'crm-app') }],
  ['by another program', { principal: asker('ada') }],
  ['by another operation', { operation: null }],
  ['of other data', { personal: ['Contact.email'] }],
])('a read %s is an entry of its own', (_, other) => {
  expect(entriesOf([read(), read(other), read()]).map(({ requests }) => requests.length)).toEqual([2, 1]);
});

test('each unmasking is an entry of its own, with its reason', () => {
  const reads = [read({ unmaskReason: 'case 17' }), read({ unmaskReason: 'case 17' })];
  expect(entriesOf(reads)).toEqual(
    reads.map(({ correlationId }) =>
      expect.objectContaining({
        ...{ action: 'UNMASK', reason: 'case 17', requests: [{ correlationId, traceId: null }] },
      }),
    ),
  );
});

test('an entry names no more than a hundred requests', () => {
  const reads = Array.from({ length: 250 }, () => read());
  expect(entriesOf(reads).map(({ requests }) => requests.length)).toEqual([100, 100, 50]);
});

/** A store that takes reads, or does not; `turned` resolves to what it was given next. */
function storeOf(takes: () => boolean) {
  const stored: AuditEntry[] = [];
  const waiting: ((entries: readonly AuditEntry[]) => void)[] = [];
  const db = {
    query: (_: string, [text]: readonly [string]) => {
      const entries = JSON.parse(text) as AuditEntry[];
      waiting.shift()?.(entries);
      if (!takes()) return Promise.reject(new Error('the store is away'));
      stored.push(...entries);
      return Promise.resolve([]);
    },
  } as unknown as Db;
  const turned = () => new Promise<readonly AuditEntry[]>((resolve) => waiting.push(resolve));
  return { db, stored, turned };
}
const pace = (given: Partial<ReadsPace> = {}): ReadsPace => ({
  ...{ delay: 1, batch: 3, most: 5, patience: 3_600_000, ...given },
});
const requestsIn = (entries: readonly AuditEntry[]): number =>
  entries.reduce((sum, { requests }) => sum + requests.length, 0);

test('reads are stored together, a batch at once and the rest a moment later', async () => {
  const { db, stored, turned } = storeOf(() => true);
  const reads = gatherReads({ db, failed: () => undefined, pace: pace({ delay: 20 }) });
  const first = turned();
  for (let n = 0; n < 3; n++) reads.note(read());
  expect(requestsIn(await first)).toBe(3);
  const second = turned();
  reads.note(read());
  expect(requestsIn(await second)).toBe(1);
  expect(requestsIn(stored)).toBe(4);
});

test('what is gathered when the process stops is stored', async () => {
  const { db, stored } = storeOf(() => true);
  const reads = gatherReads({ db, failed: () => undefined, pace: pace({ delay: 3_600_000 }) });
  reads.note(read());
  await reads.stop();
  expect(requestsIn(stored)).toBe(1);
});

test('while the store takes no reads a bounded number is kept, then personal data is not shown, and nothing is lost', async () => {
  let up = false;
  const { db, stored, turned } = storeOf(() => up);
  const faults: unknown[] = [];
  const reads = gatherReads({ db, failed: (error) => faults.push(error), pace: pace() });
  for (let n = 0; n < 5; n++) {
    expect(reads.mayShow()).toBe(true);
    reads.note(read());
  }
  expect(reads.mayShow()).toBe(false);
  await turned();
  up = true;
  await turned();
  await reads.stop();
  expect(reads.mayShow()).toBe(true);
  expect(requestsIn(stored)).toBe(5);
  expect(faults.length).toBeGreaterThan(0);
});

test('few reads that the store has not taken for long are enough to show no more', async () => {
  const { db, turned } = storeOf(() => false);
  const failed = Promise.withResolvers<unknown>();
  const reads = gatherReads({ db, failed: failed.resolve, pace: pace({ patience: 0 }) });
  reads.note(read());
  await turned();
  await failed.promise;
  expect(reads.mayShow()).toBe(false);
  await reads.stop();
});
