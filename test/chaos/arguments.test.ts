import { expect, test } from '@jest/globals';
import { chaosArguments } from './arguments.ts';

const words = (line: string) => line.split(' ').filter((word) => word !== '');

test('what is not asked for has its default, and a seed that can be told', () => {
  const asked = chaosArguments([]);
  expect(asked).toMatchObject({ writes: 1000, kills: 50, stores: ['pglite'], mutant: null });
  expect(asked).toHaveProperty('seed', expect.any(Number));
});

test('what is asked for is done', () => {
  expect(
    chaosArguments(words('--writes 60 --kills 0 --seed 7 --store both --mutant no-epoch')),
  ).toMatchObject({ writes: 60, kills: 0, seed: 7, stores: ['pglite', 'postgres'], mutant: 'no-epoch' });
  expect(chaosArguments(words('--store postgres --restart-database 24'))).toMatchObject({ restarts: 24 });
  expect(chaosArguments(words('--keyless --mutant no-look'))).toMatchObject({
    keyless: true,
    mutant: 'no-look',
  });
  expect(chaosArguments(['--help'])).toEqual({ help: true });
});

test.each([
  '--writes 0',
  '--writes many',
  '--kills -1',
  '--seed 1.5',
  '--store oracle',
  '--restart-database 3',
  '--restart-database often --store postgres',
  '--mutant no-luck',
  '--verbose',
  'fast',
])('%s is refused with a sentence', (line) => {
  const unusable: unknown = expect.any(String);
  expect(chaosArguments(words(line))).toEqual({ unusable });
});
