import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { execute, parse, validate, type GraphQLSchema } from 'graphql';
import { createEngine, type Engine } from '../../gateway/engine/index.ts';
import { localSubgraph, type Subgraph } from '../../runtime/executor.ts';
import { differences } from './graph/compare.ts';
import { aContext } from './graph/engine.ts';
import { faultFinder, type FindFaults } from './graph/faults.ts';
import { makeOperation, type Made } from './graph/operations.ts';
import { monolith, subgraphSchema, type Stage } from './graph/servers.ts';
import { composed, richGraph } from './graph/subgraphs.ts';
import { createWorld, type WorldOptions } from './graph/world.ts';

/** Changes what a subgraph answers, to see that the comparison notices. */
type Mutant = (subgraph: Subgraph) => Subgraph;

interface Bench {
  readonly engine: Engine;
  readonly single: GraphQLSchema;
  readonly faults: FindFaults;
  stage(world: WorldOptions): void;
}

/** The gateway over the rich graph, and the same graph as one schema, both answering from one world. */
function bench(mutant: Mutant = (subgraph) => subgraph): Bench {
  const world = createWorld({ seed: 0, failing: 0, empty: 0 });
  const parts: Stage = { world };
  const whole: Stage = { world };
  const engine = createEngine({
    supergraph: composed(richGraph),
    subgraphs: (name) => mutant(localSubgraph(name, subgraphSchema(richGraph[name] ?? '', parts))),
  });
  return {
    engine,
    single: monolith(engine.schema, whole),
    faults: faultFinder(monolith(engine.schema, whole)),
    stage(options) {
      parts.world = createWorld(options);
      whole.world = createWorld({ ...options, calm: true });
    },
  };
}

/** What differs between the two for one operation, or why it cannot be compared. */
async function compared({ engine, single, faults }: Bench, made: Made): Promise<string[] | 'invalid'> {
  const document = parse(made.document);
  if (validate(single, document).length > 0) return 'invalid';
  const expected = await execute({
    schema: single,
    document,
    variableValues: made.variables,
    contextValue: {},
  });
  const operation = engine.prepare(made.document);
  if ('errors' in operation) return [`refused: ${JSON.stringify(operation.errors)}`];
  const answer = await operation.run(made.variables, aContext());
  if ('errors' in answer || !('data' in expected))
    return 'errors' in answer && !('data' in expected) ? 'invalid' : [`refused: ${JSON.stringify(answer)}`];
  return differences(JSON.parse(answer.body) as object, expected, await faults(document, made.variables));
}

const worlds = fc.record({
  seed: fc.nat(10_000),
  failing: fc.constantFrom(0, 0, 3, 10),
  empty: fc.constantFrom(0, 5, 20),
});
const numbers = fc.array(fc.nat(9999), { maxLength: 300, size: 'max' });

/** Compares generated operations; rejects with the smallest one that differs. */
async function compareMany(on: Bench, numRuns: number, seed: number): Promise<number> {
  let valid = 0;
  const property = fc.asyncProperty(numbers, worlds, async (chosen, world) => {
    on.stage(world);
    const made = makeOperation(on.single, chosen);
    const found = await compared(on, made);
    if (found === 'invalid') return;
    valid += 1;
    const told = `${found.join('\n')}\n${made.document}\n${JSON.stringify(made.variables)} in ${JSON.stringify(world)}`;
    if (found.length > 0) throw new Error(told);
  });
  await fc.assert(property, { numRuns, seed });
  return valid;
}

test('generated operations are answered as one schema would answer them', async () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  console.info(`differential test: seed ${seed}`);
  expect(await compareMany(bench(), 500, seed)).toBeGreaterThan(450);
});

const mutants: Readonly<Record<string, Mutant>> = {
  'entities in another order': (subgraph) => ({
    name: subgraph.name,
    prepare(operation) {
      const prepared = subgraph.prepare(operation);
      return async (variables, context) => {
        const result = await prepared(variables, context);
        const entities: unknown = result.data?._entities;
        return Array.isArray(entities)
          ? { ...result, data: { ...result.data, _entities: entities.toReversed() } }
          : result;
      };
    },
  }),
  'errors without their path': (subgraph) => ({
    name: subgraph.name,
    prepare(operation) {
      const prepared = subgraph.prepare(operation);
      return async (variables, context) => {
        const result = await prepared(variables, context);
        return { ...result, errors: result.errors?.map(({ message }) => ({ message })) };
      };
    },
  }),
  'a variable that gets lost': (subgraph) => ({
    name: subgraph.name,
    prepare(operation) {
      const prepared = subgraph.prepare(operation);
      return (variables, context) => prepared({ ...variables, v0: undefined }, context);
    },
  }),
};

test.each(Object.keys(mutants))('the comparison notices %s', async (name) => {
  await expect(compareMany(bench(mutants[name]), 500, 7)).rejects.toThrow('Property failed');
});
