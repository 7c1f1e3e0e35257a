import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createSharing } from '../../gateway/stream/sharing.ts';
import { readEvents, type ServerSentEvent } from '../../runtime/streaming/read-events.ts';
import { createWatch, type Watched } from '../../runtime/streaming/watch.ts';
import { until } from '../gateway/stream/until.ts';

/** Reads a text that arrives in pieces cut at these places. */
async function read(text: string, cuts: readonly number[]): Promise<ServerSentEvent[]> {
  const bytes = Buffer.from(text);
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  // eslint-disable-next-line @typescript-eslint/require-await
  async function* chunks(): AsyncGenerator<Buffer> {
    for (const [index, place] of places.slice(1).entries()) yield bytes.subarray(places[index], place);
  }
  const events: ServerSentEvent[] = [];
  for await (const event of readEvents(chunks())) events.push(event);
  return events;
}

test.each(['\n', '\r\n', '\r'])(
  'events arrive whole wherever the network cuts them, lines ending in %j',
  async (end) => {
    const lines = [
      ':ping',
      '',
      'event: next',
      'id: a1',
      'data: {"name":"Ærø 🐝"}',
      '',
      'data:one',
      'data: two',
      '',
    ];
    const text = [...lines, 'event: complete', 'data:', '', 'data: never finished'].join(end);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(200), { maxLength: 12 }), async (cuts) => {
        expect(await read(text, cuts)).toEqual([
          { event: 'next', data: '{"name":"Ærø 🐝"}', id: 'a1' },
          { event: '', data: 'one\ntwo', id: '' },
          { event: 'complete', data: '', id: '' },
        ]);
      }),
    );
  },
);

test('only who takes nothing while something waits is slow', async () => {
  let now = 0;
  const slow: string[] = [];
  const watch = createWatch({ slow: 40, ping: 1_000_000 }, () => now);
  const looks = { count: 0 };
  const watched = (name: string, waiting: () => number, sent: () => number): Watched => ({
    waiting,
    sent,
    slow: () => slow.push(name),
    ping: () => undefined,
  });
  const leave = [
    watch.add(
      watched(
        'idle',
        () => 0,
        () => 0,
      ),
    ),
    watch.add(
      watched(
        'busy',
        () => 10,
        () => looks.count,
      ),
    ),
    watch.add(
      watched(
        'stuck',
        () => 10,
        () => 7,
      ),
    ),
    watch.add(
      watched(
        'clock',
        () => (looks.count += 1) && 0,
        () => 0,
      ),
    ),
  ];
  for (const at of [20, 39]) {
    now = at;
    const before = looks.count;
    await until(() => looks.count > before + 1);
    expect(slow).toEqual([]);
  }
  now = 80;
  await until(() => slow.length > 0);
  expect(new Set(slow)).toEqual(new Set(['stuck']));
  for (const one of leave) one();
});

test('answers are shared while they are young and few, and are forgotten then', async () => {
  let now = 0;
  let made = 0;
  const sharing = createSharing(() => now);
  // Two of each kind: for one alone nothing is kept.
  const [shared, other, promised] = ['k', 'other', 'promised'].map(
    (key) => sharing.join(key) && sharing.join(key),
  );
  if (!shared || !other || !promised) throw new Error('there are three');
  const event = {};
  const ask = (of: unknown = event, from = shared) => from.answer(of, () => `answer ${(made += 1)}`);
  expect([ask(), ask(), ask(event, other), ask({}), ask('no object'), ask()].length).toBe(6);
  expect(made).toBe(4);
  expect(ask()).toBe(ask());
  for (now of [10_001, 20_002]) void shared.answer({}, () => 'later');
  void ask();
  expect(made).toBe(5);

  const large = 'x'.repeat(5 * 1024 * 1024);
  for (let count = 0; count < 6; count += 1) void shared.answer({}, () => large);
  void ask();
  expect(made).toBe(6);

  let resolve: (body: string) => void = () => undefined;
  const pending = promised.answer(event, () => new Promise((settle) => (resolve = settle)));
  expect(promised.answer(event, () => 'again')).toBe(pending);
  resolve('once');
  expect(await pending).toEqual({ text: 'once' });
  expect(promised.answer(event, () => 'again')).toBe(await pending);
});

test('nothing is kept for one alone, nor for those who have left', () => {
  let made = 0;
  const sharing = createSharing();
  const event = {};
  const make = () => `answer ${(made += 1)}`;
  const alone = sharing.join('k');
  void alone.answer(event, make);
  void alone.answer(event, make);
  expect(made).toBe(2);
  const second = sharing.join('k');
  expect(second).toBe(alone);
  expect(alone.answer(event, make)).toBe(second.answer(event, make));
  expect(made).toBe(3);
  alone.leave();
  second.leave();
  expect(sharing.join('k')).not.toBe(alone);
});
