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
const making = ['unique', 'conditional', 'unique', 'made by key'] as const;
type Kinds = Parameters<typeof enumerate>[1] | 'pivot';
const shapes: readonly (readonly [string, Mode, Kinds, Budget])[] = [
  ['ALL, four steps that can be undone', 'ALL', conditional(4), { crashes: 3, faults: 3 }],
  ['ALL, three steps and one that cannot be undone', 'ALL', 'pivot', { crashes: 3, faults: 3 }],
  ['EACH, four steps', 'EACH', 'pivot', { crashes: 3, faults: 3 }],
  ['ALL, records to be made, the last one for good', 'ALL', making, { crashes: 2, faults: 3 }],
  ['EACH, records to be made', 'EACH', making, { crashes: 2, faults: 3 }],
];
const kindsOf = (kinds: Kinds) => (kinds === 'pivot' ? [...conditional(3), 'keyed' as const] : kinds);

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
  const hasty = (write: Write): Write => ({
    ...write,
    steps: write.steps.map((step): Step => (step.loose ? { ...step, loose: false, undoable: true } : step)),
  });
  const mutants: readonly (readonly [string, Saga, Kinds])[] = [
    [
      'a saga that repeats what is unknown without a probe',
      {
        ...saga,
        evolve: (...given) => blind(saga.evolve(...given)),
        takenOver: (write) => blind(takenOver(write)),
      },
      'pivot',
    ],
    [
      'a saga that takes a write over as if nothing had been sent',
      { ...saga, takenOver: (write) => write },
      'pivot',
    ],
    [
      'a saga that takes a record away which a late call may make again',
      { ...saga, evolve: (...given) => hasty(saga.evolve(...given)) },
      making,
    ],
  ];
  test.each(mutants)('%s', (_, mutant, kinds) => {
    const found = new Set<string>();
    try {
      enumerate(
        'ALL',
        kindsOf(kinds),
        { crashes: 2, faults: kinds === 'pivot' ? 1 : 2 },
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
