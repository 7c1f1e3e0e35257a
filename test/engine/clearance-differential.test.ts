import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { execute, parse, validate } from 'graphql';
import { createEngine } from '../../gateway/engine/index.ts';
import { requestContext } from '../../runtime/context.ts';
import { localSubgraph } from '../../runtime/executor.ts';
import type { Principal } from '../../runtime/principal.ts';
import { differences } from './graph/compare.ts';
import { faultFinder } from './graph/faults.ts';
import { guarded, refusing, scopes } from './graph/guarded.ts';
import { makeOperation, type Made } from './graph/operations.ts';
import { monolith, subgraphSchema, type Stage } from './graph/servers.ts';
import { composed, richGraph } from './graph/subgraphs.ts';
import { createWorld, type WorldOptions } from './graph/world.ts';

/** The gateway over the rich graph with scopes on many fields, and one schema whose resolvers refuse by themselves. */
function bench(forgotten?: string) {
  const world = createWorld({ seed: 0, failing: 0, empty: 0 });
  const parts: Stage = { world };
  const whole: Stage = { world };
  let principal: Principal = { subject: 'nobody yet', scopes: new Set() };
  const engine = createEngine({
    supergraph: guarded(composed(richGraph), forgotten),
    subgraphs: (name) => localSubgraph(name, subgraphSchema(richGraph[name] ?? '', parts)),
  });
  const single = refusing(monolith(engine.schema, whole), () => principal);
  const faults = faultFinder(refusing(monolith(engine.schema, whole), () => principal));

  /** What differs for one operation and caller; undefined where it cannot be compared. */
  async function compared(
    { document: text, variables }: Made,
    world: WorldOptions,
    granted: readonly string[],
  ) {
    parts.world = createWorld(world);
    whole.world = createWorld({ ...world, calm: true });
    principal = { subject: 'caller', scopes: new Set(granted) };
    const document = parse(text);
    if (validate(single, document).length > 0) return undefined;
    const expected = await execute({ schema: single, document, variableValues: variables, contextValue: {} });
    const operation = engine.prepare(text);
    if ('errors' in operation) return [`refused: ${JSON.stringify(operation.errors)}`];
    const signal = new AbortController().signal;
    const told = await operation.run(variables, requestContext({ principal, timeout: 10_000, signal }));
    if ('errors' in told) return undefined;
    const answer = JSON.parse(told.body) as {
      readonly errors?: readonly { readonly message: string; readonly path?: (string | number)[] }[];
    };
    // What is refused in more places than are told of is compared by another test.
    const cut = answer.errors?.some(({ message }) => message.endsWith('more places of this answer.'));
    if (cut) return undefined;
    return differences(answer, expected, await faults(document, variables));
  }
  return { single, compared };
}

const worlds = fc.record({
  seed: fc.nat(10_000),
  failing: fc.constantFrom(0, 0, 3),
  empty: fc.constantFrom(0, 5),
});
const numbers = fc.array(fc.nat(9999), { maxLength: 300, size: 'max' });

async function compareMany(
  on: ReturnType<typeof bench>,
  numRuns: number,
  seed: number,
  endOnFailure = false,
): Promise<number> {
  let valid = 0;
  const property = fc.asyncProperty(numbers, worlds, fc.subarray(scopes), async (chosen, world, granted) => {
    const made = makeOperation(on.single, chosen);
    const found = await on.compared(made, world, granted);
    if (!found) return;
    valid += 1;
    const told = `${found.join('\n')}\n${made.document}\n${JSON.stringify(made.variables)} in ${JSON.stringify(world)} as ${granted.join()}`;
    if (found.length > 0) throw new Error(told);
  });
  await fc.assert(property, { numRuns, seed, endOnFailure });
  return valid;
}

test('whatever is asked with whatever scopes, the answer is the whole one with the refused places nulled', async () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  console.info(`clearance differential test: seed ${seed}`);
  expect(await compareMany(bench(), 120, seed)).toBeGreaterThan(90);
});

test('the comparison notices where one type is forgotten', async () => {
  await expect(compareMany(bench('Book'), 500, 7, true)).rejects.toThrow('Property failed');
});
