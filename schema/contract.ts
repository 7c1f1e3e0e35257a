import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { concatAST, GraphQLError, parse, Source, type DefinitionNode, type DocumentNode } from 'graphql';
import { Failure } from '../runtime/failure.ts';
import { participantSdl } from './participant.ts';
import { isObject } from './sdl.ts';

/** What one subgraph promises, as loaded: its own SDL behind what all contracts share. */
export interface Contract {
  /** Name of the subgraph: the name of its folder. */
  readonly name: string;
  /** The subgraph's value in `enum System`, e.g. `ERP`. */
  readonly system: string;
  /** Whether it is a system of record, which can be down, rather than a part of the graph itself. */
  readonly ofRecord: boolean;
  /** Path of its SDL from the root, with forward slashes. */
  readonly file: string;
  /** What it is, in one sentence: the first line of its file, a comment. Empty where there is none. */
  readonly introduction: string;
  /** The whole SDL, ready for a subgraph schema; of a system of record with what makes it a participant in writes. */
  readonly sdl: string;
  /** The same parsed; the location of each node names the file it was read from. */
  readonly document: DocumentNode;
}

const shared = ['schema/link.graphql', 'schema/governance.graphql', 'schema/scalars.graphql'];
const participant = 'schema/participant.graphql';
const partsOfTheGraph = ['audit', 'steward', 'identity', 'events', 'coordination'];

/**
 * Finds and reads every contract under a root as its file has it, in the order of their names: `audit`, `steward`, `identity`,
 * `events`, `coordination` and each folder of `subgraphs` that holds a `schema.graphql`.
 * @throws Failure `INVALID_CONTRACT` when a file cannot be parsed or a folder's name cannot name a subgraph.
 */
export function readContracts(root: string): readonly Contract[] {
  const found = contractFolders(root)
    .map(({ folder, ofRecord }) => {
      const name = folder.slice(folder.lastIndexOf('/') + 1);
      const file = `${folder}/schema.graphql`;
      const own = readFileSync(join(root, file), 'utf8');
      return { name, system: systemName(name, file), ofRecord, file, introduction: introductionOf(own), own };
    })
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  refuseSameNames(found);
  const systems = systemsEnum(found);
  const prelude = [
    ...shared.map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') })),
    { file: 'schema/generated', text: systems },
  ].map(({ file, text }) => ({ text, document: parseFile(text, file) }));
  const parsed = found.map(({ own, ...contract }) => ({
    ...contract,
    own: { text: own, document: parseFile(own, contract.file) },
  }));
  const template = readFileSync(join(root, participant), 'utf8');
  const alone = !parsed.some(({ own }) => hasMutations(own.document));
  return parsed.map(({ own, ...contract }) => {
    const text = contract.ofRecord ? participantSdl(template, contract.name, alone) : '';
    const parts = [...prelude, own, ...(text ? [{ text, document: parseFile(text, participant) }] : [])];
    return {
      ...contract,
      sdl: parts.map((part) => part.text).join('\n'),
      document: concatAST(parts.map((part) => part.document)),
    };
  });
}

function hasMutations({ definitions }: DocumentNode): boolean {
  return definitions.filter(isObject).some(({ name }) => name.value === 'Mutation');
}

/** The definitions of a contract's own file, without what all contracts share. */
export function ownDefinitions(contract: Contract): readonly DefinitionNode[] {
  return contract.document.definitions.filter((node) => node.loc?.source.name === contract.file);
}

/** The definitions that make a system of record a participant in governed writes. */
export function participantDefinitions(contract: Contract): readonly DefinitionNode[] {
  return contract.document.definitions.filter((node) => node.loc?.source.name === participant);
}

function contractFolders(root: string): readonly { folder: string; ofRecord: boolean }[] {
  const subgraphs = join(root, 'subgraphs');
  const systems = existsSync(subgraphs) ? readdirSync(subgraphs).map((name) => `subgraphs/${name}`) : [];
  return [
    ...partsOfTheGraph.map((folder) => ({ folder, ofRecord: false })),
    ...systems.map((folder) => ({ folder, ofRecord: true })),
  ].filter(({ folder }) => existsSync(join(root, folder, 'schema.graphql')));
}

function systemName(name: string, file: string): string {
  if (/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) return name.replaceAll('-', '_').toUpperCase();
  throw new Failure(
    'INVALID_CONTRACT',
    `${file}: "${name}" cannot name a subgraph; rename its folder to lower-case words joined by hyphens.`,
  );
}

function refuseSameNames(found: readonly { name: string; file: string }[]): void {
  for (const [index, { name, file }] of found.entries()) {
    const next = found[index + 1];
    if (next?.name !== name) continue;
    throw new Failure(
      'INVALID_CONTRACT',
      `${next.file}: rename its folder, ${file} is named "${name}" as well.`,
    );
  }
}

function introductionOf(sdl: string): string {
  return /^#[ \t]*(.+?)[ \t]*(?:\r?\n|$)/.exec(sdl)?.[1] ?? '';
}

function systemsEnum(found: readonly { system: string; introduction: string }[]): string {
  const values = found.map(({ system, introduction }) => `  ${JSON.stringify(introduction)}\n  ${system}`);
  return `"Who owns attributes: the systems of record, and the graph's own parts."\nenum System {\n${values.join('\n')}\n}\n`;
}

function parseFile(text: string, file: string): DocumentNode {
  try {
    return parse(new Source(text, file));
  } catch (cause) {
    if (!(cause instanceof GraphQLError)) throw cause;
    const line = cause.locations?.[0]?.line ?? 1;
    throw new Failure('INVALID_CONTRACT', `${file}:${line}: ${cause.message}`, { cause });
  }
}
