import { expect, test } from '@jest/globals';
import { judge, retryAfterOf, usualPatience, type Answer } from '../../../events/webhooks/verdict.ts';

const hour = 3_600_000;
const refused = (status: number, retryAfter: number | null = null): Answer => ({
  status,
  problem: 'REFUSED',
  retryAfter,
});
const silent: Answer = { status: null, problem: 'TIMED_OUT', retryAfter: null };
const never = { times: 0, since: 0 };
const longest = (): number => 1;

test('what arrived is over with, however often it failed before', () => {
  const answer = { status: 204, problem: null, retryAfter: null };
  expect(judge(answer, { times: 9, since: 200 * hour }, usualPatience, longest)).toEqual({
    verdict: 'DELIVERED',
  });
});

test('410 ends it at once', () => {
  expect(judge(refused(410), never, usualPatience, longest)).toEqual({ verdict: 'DISABLED', reason: 'GONE' });
});

test('it is tried for three days, after 5 seconds at first and 8 hours in the end', () => {
  const waits: number[] = [];
  let since = 0;
  for (;;) {
    const verdict = judge(silent, { times: waits.length, since }, usualPatience, longest);
    if (verdict.verdict !== 'LATER') {
      expect(verdict).toEqual({ verdict: 'DISABLED', reason: 'FAILING' });
      break;
    }
    waits.push(verdict.wait);
    since += verdict.wait;
  }
  expect(waits.slice(0, 4)).toEqual([5_000, 10_000, 20_000, 40_000]);
  expect(Math.max(...waits)).toBe(8 * hour);
  expect(since).toBeGreaterThanOrEqual(72 * hour);
  expect(since).toBeLessThan(81 * hour);
});

test('a process that was away for days does not give up whom it did not try', () => {
  const seldom = judge(silent, { times: 1, since: 200 * hour }, usualPatience, longest);
  expect(seldom).toEqual({ verdict: 'LATER', wait: 10_000 });
});

test('any pause is a random part of the longest that it may be', () => {
  const pauses = [0, 0.25, 0.5, 1].map((random) =>
    judge(silent, { times: 3, since: 0 }, usualPatience, () => random),
  );
  expect(pauses).toEqual([0, 10_000, 20_000, 40_000].map((wait) => ({ verdict: 'LATER', wait })));
});

test('who asks to be left alone is, within reason and where that is what the status says', () => {
  const wait = (answer: Answer) => judge(answer, never, usualPatience, () => 0);
  expect(wait(refused(429, 60_000))).toEqual({ verdict: 'LATER', wait: 60_000 });
  expect(wait(refused(503, 60_000))).toEqual({ verdict: 'LATER', wait: 60_000 });
  expect(wait(refused(500, 60_000))).toEqual({ verdict: 'LATER', wait: 0 });
  expect(wait(refused(503, 1e13))).toEqual({ verdict: 'LATER', wait: 8 * hour });
});

test.each([
  ['120', 120_000],
  ['0', 0],
  ['Thu, 01 Jan 1970 00:01:00 GMT', 60_000 - 5_000],
  ['Thu, 01 Jan 1970 00:00:01 GMT', 0],
  ['soon', null],
  ['', null],
  ['-5', null],
])('retry-after %j is %p milliseconds', (header, milliseconds) => {
  expect(retryAfterOf(header, 5_000)).toBe(milliseconds);
});
