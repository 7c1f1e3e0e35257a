import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Contract } from '../../schema/contract.ts';
import { loadContracts } from '../../schema/load.ts';

const repository = dirname(dirname(import.meta.dirname));

/** A root with the shared SDL of this repository and the given files; removed when the scope ends. */
export function temporaryRoot(
  files: Readonly<Record<string, string>>,
): { readonly root: string } & Disposable {
  const root = mkdtempSync(join(tmpdir(), 'contracts-'));
  for (const name of ['link', 'governance', 'scalars', 'participant']) {
    cpSync(join(repository, 'schema', `${name}.graphql`), join(root, 'schema', `${name}.graphql`));
  }
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return {
    root,
    [Symbol.dispose]: () => {
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** What a test puts into the contracts of a small graph about orders. */
export interface Variation {
  /** Further fields of the entity in the shop's contract. */
  readonly attributes?: string;
  /** Further definitions in the shop's contract. */
  readonly types?: string;
  /** Further fields of the entity in the depot's contract. */
  readonly depot?: string;
  /** First line of the shop's contract. */
  readonly introduction?: string;
}

/** The contracts of a graph about orders: the shop and the depot are systems of record. */
export function orderFiles(variation: Variation = {}): Readonly<Record<string, string>> {
  const { attributes = '', types = '', depot = '', introduction = '# The shop: what was sold.' } = variation;
  return {
    'identity/schema.graphql': `# The register of orders.

type Query {
  "The order with this id, or null."
  order("Id of the order." id: ID!): Order @authenticated
}

"An order."
type Order @key(fields: "id") {
  "Id of the order."
  id: ID! @owner(system: IDENTITY) @authenticated
}
`,
    'subgraphs/shop/schema.graphql': `${introduction}

type Order @key(fields: "id") {
  "Id of the order."
  id: ID!
  "Number of the order, for people."
  number: String @owner(system: SHOP) @requiresScopes(scopes: [["order:read"]])
  ${attributes}
}
${types}
`,
    'subgraphs/depot/schema.graphql': `# The depot: what was sent.

type Order @key(fields: "id") {
  "Id of the order."
  id: ID!
  "When the order left the depot."
  sentAt: DateTime @owner(system: DEPOT) @requiresScopes(scopes: [["order:read"]])
  ${depot}
}
`,
  };
}

/** The same, loaded. */
export function orderContracts(variation: Variation = {}): readonly Contract[] {
  using place = temporaryRoot(orderFiles(variation));
  return loadContracts(place.root);
}

/** A rule's code, what breaks it and where, and what does not. */
export interface Case {
  readonly code: string;
  readonly coordinate: string;
  readonly fails: Variation;
  readonly passes: Variation;
}

/** Directives of an attribute that the shop owns and that everybody in sales may read. */
export const owned = '@owner(system: SHOP) @requiresScopes(scopes: [["order:read"]])';
