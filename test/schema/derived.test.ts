import { expect, test } from '@jest/globals';
import { buildASTSchema, parse, print, visit } from 'graphql';
import { catalogue } from '../../schema/catalogue.ts';
import { compose } from '../../schema/compose.ts';
import { attributesOf } from '../../schema/governance.ts';
import { changesInputs } from '../../schema/inputs.ts';
import { ownershipModule } from '../../schema/ownership.ts';
import { lint } from '../../schema/rules.ts';
import { orderContracts, owned } from './fixtures.ts';

const governed = `@governed(write: ["order:write"]) ${owned}`;
const rich = orderContracts({
  attributes: `
  "A remark." note: String ${governed}
  "How fast." speed: Speed ${governed}
  "What it costs." total: Money ${governed}
  "What is in it." gifts: [Gift!] @listSize(assumedSize: 5) ${governed}
  "The order before." previous: Order ${governed}
  "Where it goes." route: Route ${governed}
  "Never written." secret: String ${owned}`,
  types: `
  "How fast." enum Speed { "In a day." FAST "In a week." SLOW }
  "A gift." type Gift {
    "Words." card: String!
    "Words in capitals." loud: String! @tag(name: "derived")
    "Its wrapping." wrapping: Wrapping
    "The words of before." text: String @deprecated(reason: "Use \`card\`.")
    "In one language." translated(language: LanguageTag): String
  }
  "A wrapping." type Wrapping { "Its speed." speed: Speed! "Put into this one." inner: Wrapping }
  "A route." type Route @key(fields: "from to") { "Start." from: ID! "End." to: ID! "How long." hours: Int }`,
});

test('the input of a governed write has every governed attribute, and what it is made of', () => {
  expect(withoutDescriptions(changesInputs(rich))).toBe(`
input GiftInput {
  card: String!
  wrapping: WrappingInput
}

input MoneyInput {
  amount: Decimal!
  currency: CurrencyCode!
}

input OrderChangesInput {
  note: String
  speed: Speed
  total: MoneyInput
  gifts: [GiftInput!]
  previous: ID
  route: RouteKeyInput
}

input RouteKeyInput {
  from: ID!
  to: ID!
}

enum Speed {
  FAST
  SLOW
}

input WrappingInput {
  speed: Speed!
  inner: WrappingInput
}
`);
});

test('the input types are a schema together with the scalars that all contracts share', () => {
  const scalars = 'scalar Decimal scalar CurrencyCode type Query { nothing: Int }';
  const schema = buildASTSchema(parse(changesInputs(rich) + scalars));
  expect(schema.getType('OrderChangesInput')).toBeDefined();
  expect(changesInputs(orderContracts())).toBe('');
});

const crate = (name: string, fields: string) => `
  "A ${name}." type ${name} { ${fields} }
  "A page." type ${name}Connection { "Rows." edges: [${name}Edge!]! "Place." pageInfo: PageInfo! }
  "A row." type ${name}Edge { "Place." cursor: String! "The row." node: ${name}! }`;
const paged = '("Page size." first: Int = 20 "Place." after: String "Of a kind." kind: String)';

test('a connection is written as the list of all its nodes', () => {
  const contracts = orderContracts({
    attributes: `"Its parcels." parcels${paged}: ParcelConnection ${governed}`,
    types: crate('Parcel', '"Weight." weight: Decimal! "Words." label: String @tag(name: "derived")'),
  });
  expect(lint(contracts)).toEqual([]);
  expect(withoutDescriptions(changesInputs(contracts))).toBe(`
input OrderChangesInput {
  parcels: [ParcelInput!]
}

input ParcelInput {
  weight: Decimal!
}
`);
});

test('an attribute that can be written says where its value names other entities', () => {
  const contracts = orderContracts({
    attributes: `
  "The order before." previous: Order ${governed}
  "The ones before." before: [Order!] @listSize(assumedSize: 5) ${governed}
  "Never written." origin: Order ${owned}
  "Its parcels." parcels${paged}: ParcelConnection ${governed}
  "A remark." note: String ${governed}`,
    types: crate(
      'Parcel',
      '"With." with: Order "Within." inner: Parcel "In." crate: Crate "From." origin: Order @tag(name: "derived")',
    ).concat('"A crate." type Crate { "Weight." weight: Decimal "All." orders: [Order!] }'),
  });
  const named = attributesOf(supergraph(contracts)).flatMap(({ name, references }) =>
    references ? [[name, references]] : [],
  );
  expect(Object.fromEntries(named)).toEqual({
    previous: [''],
    before: [''],
    parcels: ['with', 'crate.orders'],
  });
});

test('the catalogue says of every attribute who owns, reads and writes it', () => {
  const contracts = orderContracts({
    attributes: `"A remark | a note." note: String @owner(system: SHOP)
      @governed(write: ["order:write", "desk"], approve: ["boss"], confirm: ASYNC, copiedTo: [DEPOT])
      @requiresScopes(scopes: [["order:read"]]) @deprecated(reason: "Use \`number\`.")`,
  });
  const page = catalogue(contracts, attributesOf(supergraph(contracts)));
  expect(page).toContain('- [Order](#order): 4 attributes');
  expect(page).toContain('### <a id="order-shop"></a>Order in SHOP\n\nThe shop: what was sold.\n');
  expect(page).toContain(
    '| <a id="order-note"></a>`note` | `String` | order:read | order:write and desk; approved with boss; without waiting for the owner; copied to DEPOT | **Deprecated:** Use `number`. A remark \\| a note. |',
  );
  expect(page).toContain('| <a id="order-id"></a>`id` | `ID!` | any known caller |  | Id of the order. |');
});

test('the ownership module names systems, entities and attributes', () => {
  const module = ownershipModule(rich, attributesOf(supergraph(rich)));
  expect(module).toContain('  SHOP: {\n    subgraph: "shop",\n    ofRecord: true,');
  expect(module).toMatch(/ {2}Order: \{\n {4}id: \{\n {6}entity: "Order",/);
});

test('the same contracts give the same text', () => {
  const again = orderContracts();
  expect(compose(again)).toEqual(compose(orderContracts()));
  expect(compose([...again].reverse())).toEqual(compose(again));
});

function withoutDescriptions(sdl: string): string {
  const bare = visit(parse(sdl), {
    enter: (node) => ('description' in node ? { ...node, description: undefined } : undefined),
  });
  return `\n${print(bare)}\n`;
}

function supergraph(contracts: typeof rich): string {
  const result = compose(contracts);
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.supergraph;
}
