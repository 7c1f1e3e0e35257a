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
  let resolve: (text: string) => void = () => undefined;
  const large = 'x'.repeat(5 * 1024 * 1024);
  const makes = {
    k: () => `answer ${(made += 1)}`,
    other: () => `answer ${(made += 1)}`,
    large: () => large,
    promised: () => new Promise<string>((settle) => (resolve = settle)),
  };
  const sharing = createSharing(() => now);
  const event = {};
  // Two of each kind: for one alone nothing is kept.
  const ask = (key: keyof typeof makes = 'k', of: unknown = event) =>
    [sharing.join(key, makes[key]), sharing.join(key, makes[key])][1]?.answer(of);
  expect([ask(), ask(), ask('other'), ask('k', {}), ask('k', 'no object'), ask()].length).toBe(6);
  expect(made).toBe(4);
  expect(ask()).toBe(ask());
  // The last one is kept in any case, until there is another.
  void ask('k', {});
  for (now of [10_001, 20_002]) void ask('large', {});
  void ask();
  expect(made).toBe(6);

  for (let count = 0; count < 6; count += 1) void ask('large', {});
  void ask();
  expect(made).toBe(6);
  void ask('k', {});
  void ask();
  expect(made).toBe(8);

  const pending = ask('promised');
  expect(ask('promised')).toBe(pending);
  resolve('once');
  expect(await pending).toEqual({ text: 'once' });
  expect(ask('promised')).toBe(await pending);
});

test('nothing is kept for one alone, nor for those who have left', () => {
  let made = 0;
  const sharing = createSharing();
  const event = {};
  const make = () => `answer ${(made += 1)}`;
  const alone = sharing.join('k', make);
  void alone.answer(event);
  void alone.answer(event);
  expect(made).toBe(2);
  const second = sharing.join('k', make);
  expect(second).toBe(alone);
  expect(alone.answer(event)).toBe(second.answer(event));
  expect(made).toBe(3);
  alone.leave();
  second.leave();
  expect(sharing.join('k', make)).not.toBe(alone);
});
