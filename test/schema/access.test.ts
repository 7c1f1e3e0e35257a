import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { allows, both, describeAccess, isOpen, open, type Access } from '../../schema/access.ts';

interface Caller {
  readonly scopes: ReadonlySet<string>;
  readonly policies: ReadonlySet<string>;
  readonly known: boolean;
}

const names = ['a', 'b', 'c'];
const sets = fc.array(fc.subarray(names, { minLength: 1 }), { maxLength: 3 });
const access: fc.Arbitrary<Access> = fc.record({ authenticated: fc.boolean(), scopes: sets, policies: sets });
const subsets = names.reduce<string[][]>((all, name) => [...all, ...all.map((set) => [...set, name])], [[]]);
const callers: readonly Caller[] = [
  { scopes: new Set(), policies: new Set(), known: false },
  ...subsets.flatMap((scopes) =>
    subsets.map((policies) => ({ scopes: new Set(scopes), policies: new Set(policies), known: true })),
  ),
];

/** The definition, word by word: at least one whole set of each. */
function satisfies(caller: Caller, { authenticated, scopes, policies }: Access): boolean {
  const holds = (wanted: Access['scopes'], held: ReadonlySet<string>) =>
    wanted.length === 0 || wanted.some((set) => set.every((name) => held.has(name)));
  return (!authenticated || caller.known) && holds(scopes, caller.scopes) && holds(policies, caller.policies);
}

test('who may read both is who may read each', () => {
  fc.assert(
    fc.property(access, access, (one, other) => {
      const joined = both(one, other);
      for (const caller of callers) {
        expect(satisfies(caller, joined)).toBe(satisfies(caller, one) && satisfies(caller, other));
      }
    }),
  );
});

test('an access allows another exactly when every caller of the other passes', () => {
  fc.assert(
    fc.property(access, access, (wide, narrow) => {
      const everyCaller = callers.every((caller) => !satisfies(caller, narrow) || satisfies(caller, wide));
      expect(allows(wide, narrow)).toBe(everyCaller);
    }),
  );
});

test('access is told in words', () => {
  expect(isOpen(open)).toBe(true);
  expect(describeAccess(open)).toBe('anybody');
  expect(describeAccess({ ...open, authenticated: true })).toBe('any known caller');
  expect(describeAccess({ authenticated: true, scopes: [['a', 'b'], ['c']], policies: [['eu']] })).toBe(
    'a and b, or c; policy eu',
  );
});
