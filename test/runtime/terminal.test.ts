import { expect, test } from '@jest/globals';
import { Failure } from '../../runtime/failure.ts';
import { headerIn, wholeNumber } from '../../runtime/terminal/arguments.ts';
import { progressLine, progressText } from '../../runtime/terminal/progress.ts';
import { exitCodeOf } from '../../runtime/terminal/terminal.ts';

test('progress shows the count, the rate and the time that is left', () => {
  const at = { total: 200_000, noun: 'customers' };
  expect(progressText({ ...at, done: 12_000, skipped: 2_000, seconds: 5 })).toBe(
    '12,000 of 200,000 customers (6 %), 2,000 a second, 1 min 34 s left',
  );
  expect(progressText({ ...at, done: 200_000, skipped: 200_000, seconds: 5 })).toBe(
    '200,000 of 200,000 customers (100 %)',
  );
});

test('progress is one line on a terminal, and a line now and then elsewhere', () => {
  let time = 0;
  const shown = (isTTY: boolean) => {
    let text = '';
    time = 0;
    const line = progressLine(
      { isTTY, write: (more: string) => (text += more) },
      { total: 4, noun: 'rows', now: () => time },
    );
    for (const done of [1, 2, 3, 4]) {
      time += 2000;
      line.show(done, 0);
    }
    line.end();
    return text;
  };
  expect(shown(true).split('\r')).toHaveLength(5);
  expect(
    shown(false)
      .split('\n')
      .map((line) => line.slice(0, 6)),
  ).toEqual(['3 of 4', '4 of 4', '']);
});

test('a failure is one sentence and exit code 1; anything else is not hidden', async () => {
  let text = '';
  const screen = { write: (more: string) => (text += more) };
  const failing = (error: Error) => exitCodeOf(() => Promise.reject(error), screen);
  expect(await failing(new Failure('BAD_USER_INPUT', 'Do this.'))).toBe(1);
  expect(text).toBe('Do this.\n');
  await expect(failing(new TypeError('broken'))).rejects.toThrow('broken');
  expect(await exitCodeOf(() => Promise.resolve(2), screen)).toBe(2);
});

test.each([
  ['7', 7],
  ['1_000', 1000],
])('%s is a whole number', (text, number) => {
  expect(wholeNumber('--n', text, 1, 1000)).toBe(number);
});

test.each(['0', '1001', '-1', '1.5', '1e2', '', 'many'])('"%s" is no whole number from 1 to 1000', (text) => {
  expect(() => wholeNumber('--n', text, 1, 1000)).toThrow('--n must be a whole number from 1 to 1000.');
});

test.each([
  ['Authorization=Bearer a=b', ['authorization', 'Bearer a=b']],
  ['x=', ['x', '']],
  ['=x', null],
  ['x', null],
  ['a b=c', null],
  ['a=b\nc', null],
])('the header in %j', (text, header) => {
  expect(headerIn(text)).toEqual(header);
});
