import { describe, expect, test } from '@jest/globals';
import { takenOver } from '../../coordination/saga.ts';
import type { Mode, Step, Write } from '../../coordination/write.ts';
import { enumerate, saga, type Budget, type End, type Saga } from './histories.ts';

/** What is wrong with the end of a history; empty where nothing is. */
function lies({ write, owners }: End): readonly string[] {
  const each = write.steps.flatMap(({ state }, i) => {
    const owner = owners[i];
    if (!owner) return ['a step without owner'];
    const net = owner.effects - owner.undone;
    const wrong = [
      owner.effects > 1 && 'more than one effect',
      owner.undone > 1 && 'undone more than once',
      state === 'APPLIED' && net !== 1 && 'APPLIED without the effect',
      state === 'UNCHANGED' && owner.effects !== 0 && 'UNCHANGED with an effect',
      state === 'COMPENSATED' && net !== 0 && 'COMPENSATED with an effect left',
      (state === 'FAILED' || state === 'SKIPPED') && net !== 0 && `${state} with an effect`,
      (state === 'READY' || state === 'UNKNOWN' || state === 'UNDOING') && 'open at the end',
    ];
    return wrong.filter((one) => one !== false);
  });
  const effects = owners.filter(({ effects, undone }) => effects > undone).length;
  const torn = write.mode === 'ALL' && write.state !== 'REVIEW' && effects !== 0 && effects !== owners.length;
  return [...each, ...(torn ? ['half of a write that must hold together'] : [])];
}

const conditional = (count: number) => Array.from({ length: count }, () => 'conditional' as const);
const shapes: readonly (readonly [string, Mode, ReturnType<typeof conditional> | 'pivot', Budget])[] = [
  ['ALL, four steps that can be undone', 'ALL', conditional(4), { crashes: 3, faults: 3 }],
  ['ALL, three steps and one that cannot be undone', 'ALL', 'pivot', { crashes: 3, faults: 3 }],
  ['EACH, four steps', 'EACH', 'pivot', { crashes: 3, faults: 3 }],
];
const kindsOf = (kinds: (typeof shapes)[number][2]) =>
  kinds === 'pivot' ? [...conditional(3), 'keyed' as const] : kinds;

describe.each(shapes)('every history, %s', (_, mode, kinds, budget) => {
  test('tells the truth, with one effect at most, and never half', () => {
    const found = new Set<string>();
    const ends = new Set<string>();
    const { histories, states } = enumerate(mode, kindsOf(kinds), budget, (end) => {
      for (const lie of lies(end)) found.add(lie);
      ends.add(end.write.state);
    });
    expect([...found]).toEqual([]);
    expect(ends).toContain('SUCCEEDED');
    expect(ends).toContain(mode === 'ALL' ? 'FAILED' : 'PARTIAL');
    expect(histories).toBeGreaterThan(100_000n);
    expect(states).toBeGreaterThan(1000);
  });
});

describe('the enumeration catches', () => {
  const blind = (write: Write): Write => ({
    ...write,
    steps: write.steps.map((step): Step =>
      step.state === 'UNKNOWN' ? { ...step, state: 'READY', before: null } : step,
    ),
  });
  const mutants: readonly (readonly [string, Saga])[] = [
    [
      'a saga that repeats what is unknown without a probe',
      {
        ...saga,
        evolve: (...given) => blind(saga.evolve(...given)),
        takenOver: (write) => blind(takenOver(write)),
      },
    ],
    ['a saga that takes a write over as if nothing had been sent', { ...saga, takenOver: (write) => write }],
  ];
  test.each(mutants)('%s', (_, mutant) => {
    const found = new Set<string>();
    try {
      enumerate(
        'ALL',
        kindsOf('pivot'),
        { crashes: 2, faults: 1 },
        (end) => {
          for (const lie of lies(end)) found.add(lie);
        },
        mutant,
      );
    } catch (error) {
      found.add(String(error));
    }
    expect([...found]).not.toEqual([]);
  });
});
