import { dirname } from 'node:path';
import { concatAST, parse, Source } from 'graphql';
import { Failure } from '../runtime/failure.ts';
import { readContracts, type Contract } from './contract.ts';
import { changesInputs } from './inputs.ts';

const repository = dirname(import.meta.dirname);

/**
 * Every contract under a root, whole: that of coordination takes in the inputs of governed writes, which follow from all
 * the others. In the order of their names.
 * @throws Failure `INVALID_CONTRACT` when a file cannot be parsed or a folder's name cannot name a subgraph.
 */
export function loadContracts(root: string = repository): readonly Contract[] {
  const contracts = readContracts(root);
  return contracts.map((contract) =>
    contract.name === 'coordination'
      ? withInputs(
          contract,
          contracts.filter((other) => other !== contract),
        )
      : contract,
  );
}

/**
 * The contract of one subgraph.
 * @throws Failure `INVALID_CONTRACT` when there is none of that name.
 */
export function contractOf(name: string, root: string = repository): Contract {
  const contracts = loadContracts(root);
  const contract = contracts.find((candidate) => candidate.name === name);
  if (contract) return contract;
  const known = contracts.map((candidate) => candidate.name).join(', ');
  throw new Failure('INVALID_CONTRACT', `There is no contract named "${name}"; there are: ${known}.`);
}

function withInputs(contract: Contract, others: readonly Contract[]): Contract {
  const inputs = changesInputs(others);
  if (inputs === '') return contract;
  const document = parse(new Source(inputs, 'schema/generated/changes.graphql'));
  return {
    ...contract,
    sdl: [contract.sdl, inputs].join('\n'),
    document: concatAST([contract.document, document]),
  };
}
