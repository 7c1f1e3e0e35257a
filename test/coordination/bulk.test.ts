import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runWrite } from '../../coordination/bulk/run.ts';
import { ascending, change, employees, fileOf, folder, lines, upTo, written } from './bulk-command.ts';
import { endpoint, type Behaviour, type Endpoint } from './bulk-endpoint.ts';

test('each line becomes one write in the bulk lane, and the run ends when all are over', async () => {
  const at = await endpoint({ state: (_, looks) => (looks < 3 ? 'RUNNING' : 'SUCCEEDED') });
  const file = fileOf(lines(250));
  const { code, out } = await written(at, file);
  expect(out).toBe('250 lines: 250 accepted, 0 refused.\nOf those accepted: 250 succeeded.\n');
  expect(code).toBe(0);
  expect(ascending(employees(at))).toEqual(upTo(250));
  expect(new Set(at.arrived.map(({ lane, wait }) => `${lane} ${wait}`))).toEqual(new Set(['BULK ACCEPTED']));
  expect(at.looks()).toBe(8); // three times each, a hundred at a time
  expect(existsSync(`${file}.resume`)).toBe(false);
});

test('the same command again changes nothing, another name does', async () => {
  const at = await endpoint();
  const file = fileOf(lines(3));
  const [first, again, other] = [
    await written(at, file),
    await written(at, file),
    await written(at, file, ['--name', 'second']),
  ];
  expect([first.code, again.code, other.code]).toEqual([0, 0, 0]);
  expect(again.out).toContain('3 accepted (3 of them there already), 0 refused');
  expect(at.stored).toHaveLength(6);
  expect(at.stored[5]?.idempotencyKey).toMatch(/^second\/3\/[\w-]{10}$/);
});

test('a line that has a key of its own is sent under it', async () => {
  const at = await endpoint();
  await written(at, fileOf([{ ...change('c', 1), idempotencyKey: 'mine' }]));
  expect(at.stored.map(({ idempotencyKey }) => idempotencyKey)).toEqual(['mine']);
});

const bad = [
  change('c1', 1),
  { system: 'CRM', key: 'nobody', changes: { employees: 2 } },
  '{nope',
  { ...change('c4', 4), changes: { segment: 'HUGE' } },
  { system: 'CRM', key: 'k5', changes: { employees: 5 } },
  change('forbidden', 6),
];
const refusing = (input: { customerId: string }): Behaviour | undefined =>
  input.customerId === 'forbidden'
    ? { refusals: [{ code: 'NOT_PERMITTED', attribute: 'employees', message: 'No.' }] }
    : undefined;

test('refused lines are told with line and reason, and written down to be mended and given again', async () => {
  const at = await endpoint({ on: refusing });
  const rejects = join(folder, 'mend.ndjson');
  const { code, out, err } = await written(at, fileOf(bad), ['--rejects', rejects]);
  expect(code).toBe(2);
  expect(out).toContain('6 lines: 2 accepted, 4 refused.');
  expect(
    err
      .split('\n')
      .filter((line) => line.startsWith('line '))
      .sort(),
  ).toEqual([
    'line 2: UNKNOWN_CUSTOMER: CRM knows no customer by the key "nobody".',
    expect.stringMatching(/^line 3: BAD_USER_INPUT: The line is not JSON/),
    'line 4: INVALID_VALUE segment: Value "HUGE" does not exist in "CustomerSegment" enum.',
    'line 6: NOT_PERMITTED employees: No.',
  ]);
  expect(at.stored.map(({ customerId }) => customerId)).toEqual(['c1', 'of k5']);

  const mended = readFileSync(rejects, 'utf8').replace('HUGE', 'ENTERPRISE').replace('nobody', 'somebody');
  const second = await written(at, fileOf(mended.trim().split('\n')));
  expect(second.out).toContain('4 lines: 2 accepted, 2 refused.');
  expect(
    at.stored
      .slice(2)
      .map(({ customerId }) => customerId)
      .sort(),
  ).toEqual(['c4', 'of somebody']);
});

test('refused rows of a CSV file come back as CSV, to be mended and given again', async () => {
  const at = await endpoint({ on: refusing });
  const rejects = join(folder, 'mend.csv');
  const file = fileOf(['customerId;employees;name', 'forbidden;1;"A, B"', 'c2;two;', 'c3;3;'], 'csv');
  expect((await written(at, file, ['--rejects', rejects])).code).toBe(2);
  const mended = readFileSync(rejects, 'utf8');
  expect(mended.split('\r\n').slice(0, 2)).toEqual([
    'customerId,employees,name,Line,Reason',
    'c2,two,,3,"INVALID_VALUE employees: Int cannot represent non-integer value: ""two"""',
  ]);
  const again = fileOf([mended.replace(',two,', ',2,').replace('forbidden', 'c1')], 'csv');
  expect((await written(at, again)).code).toBe(0);
  expect(ascending(employees(at))).toEqual([1, 2, 3]);
});

test('while the server takes no more, is away or breaks off, the run waits as told, and nothing is lost or doubled', async () => {
  const troubles: Record<number, Behaviour> = {
    2: { status: 429, headers: { 'retry-after': '7' } },
    4: { errors: [{ message: 'busy', extensions: { code: 'RATE_LIMITED', retryAfter: 3 } }] },
    6: { status: 503 },
    8: { breaks: 'before' },
    10: { breaks: 'after' },
  };
  const at = await endpoint({
    on: ({ changes }, times) => (times === 1 ? troubles[Number(changes.employees)] : undefined),
  });
  const { code, err, out, pauses } = await written(at, fileOf(lines(12)), ['--concurrency', '1']);
  expect(code).toBe(0);
  expect(out).toContain('12 accepted (1 of them there already)');
  expect(employees(at)).toEqual(upTo(12));
  expect(at.arrived).toHaveLength(17);
  expect(pauses.slice(0, 2)).toEqual([7000, 3000]);
  expect(err).toContain(
    'The server takes no more requests for now; going on in 7 s.\nThe server answers again.\n',
  );
  expect(err).toContain('The server cannot be reached; going on in 1 s.\n');
});

test('a line that the server fails to answer is refused at last, and the others go on', async () => {
  const fault = { errors: [{ message: 'Oops.', extensions: { code: 'INTERNAL_SERVER_ERROR' } }] };
  const at = await endpoint({ on: ({ customerId }) => (customerId === 'c2' ? fault : undefined) });
  const { code, err } = await written(at, fileOf(lines(4)));
  expect(code).toBe(2);
  expect(err).toContain('line 2: INTERNAL_SERVER_ERROR: Oops.\n');
  expect(ascending(employees(at))).toEqual([1, 3, 4]);
});

test('never more writes are under way than wanted', async () => {
  let together: (() => void) | undefined;
  const three = new Promise<void>((resolve) => (together = resolve));
  const at: Endpoint = await endpoint({
    async on() {
      if (at.arrived.length === 3) together?.();
      await three;
      return undefined;
    },
  });
  expect((await written(at, fileOf(lines(30)), ['--concurrency', '3'])).code).toBe(0);
  expect(at.most().writes).toBe(3);
});

test('lines of one customer arrive in their order, one after the other', async () => {
  const at = await endpoint();
  const mixed = Array.from({ length: 60 }, (_, i) => change(`c${i % 3}`, i));
  await written(at, fileOf(mixed), ['--concurrency', '16']);
  for (const customer of ['c0', 'c1', 'c2']) {
    const own = at.stored
      .filter(({ customerId }) => customerId === customer)
      .map(({ changes }) => changes.employees);
    expect(own).toHaveLength(20);
    expect(own).toEqual(ascending(own));
  }
  expect(at.most().ofOneCustomer).toBe(1);
});

test('writes that did not succeed are counted by what became of them, and listed', async () => {
  const states: Record<number, string> = { 2: 'FAILED', 3: 'REVIEW', 4: 'PARTIAL', 5: 'AWAITING_APPROVAL' };
  const at = await endpoint({ state: ({ changes }) => states[Number(changes.employees)] ?? 'SUCCEEDED' });
  const { code, out } = await written(at, fileOf(lines(6)));
  expect(code).toBe(2);
  expect(out).toContain(
    'Of those accepted: 2 succeeded, 1 in part, 1 failed, 1 need a person, 1 wait for approval.',
  );
  expect(out).toMatch(/line 2: write [\w-]+ FAILED: CONFLICT segment: Somebody was faster\./);
  expect(out).toContain('All of them: { customerWrites(');
  const unwatched = await written(at, fileOf(lines(6)), ['--no-wait']);
  expect([unwatched.code, unwatched.out]).toEqual([0, '6 lines: 6 accepted, 0 refused.\n']);
});

test.each([
  ['no file', [], 'Say which file: npm run write -- --file changes.ndjson (--help shows more).\n'],
  [
    'an unknown form',
    ['--file', 'a.xlsx'],
    'a.xlsx must end in .ndjson, .jsonl, .csv, so that its form is known.\n',
  ],
  ['a file that is not there', ['--file', 'no.csv'], 'no.csv cannot be read; name a file that is there.\n'],
  [
    'too much at a time',
    ['--file', 'a.csv', '--concurrency', '65'],
    '--concurrency must be a whole number from 1 to 64.\n',
  ],
  ['no address', ['--file', 'a.csv', '--url', 'localhost'], /^--url must be a web address such as /],
  [
    'one file for two things',
    ['--file', 'a.csv', '--rejects', './a.csv'],
    '--file, --rejects and --resume-file must name different files.\n',
  ],
  ['a header that is none', ['--file', 'a.csv', '--header', 'x'], /^--header must be NAME=VALUE/],
  [
    'a server that is not there',
    ['--file', fileOf(lines(1)), '--url', 'http://127.0.0.1:1/graphql'],
    'No server answers at http://127.0.0.1:1/graphql; start it (npm start), or give --url the address of one that runs.\n',
  ],
])('%s: one sentence, and nothing is sent', async (_, given, sentence) => {
  let err = '';
  const screen = { write: (text: string) => (err += text) };
  const code = await runWrite(given, { out: screen, err: screen, signal: new AbortController().signal });
  expect(code).toBe(1);
  expect(err).toEqual(typeof sentence === 'string' ? sentence : expect.stringMatching(sentence));
});
