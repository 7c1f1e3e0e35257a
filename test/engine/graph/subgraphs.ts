import { parse } from 'graphql';
import { composeServices } from '@theguild/federation-composition';

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [
  "@key", "@shareable", "@requires", "@provides", "@external", "@override", "@inaccessible", "@interfaceObject",
  "@authenticated", "@requiresScopes", "@policy", "@composeDirective"
])
`;

/** SDL of a subgraph with the federation link on top. */
export function linked(sdl: string): string {
  return link + sdl;
}

/** A graph in which every feature of federation that the engine has to serve meets the others. */
export const richGraph: Readonly<Record<string, string>> = {
  catalog: linked(`
    type Query {
      product(id: ID!): Product
      products(first: Int = 3): [Product!]!
      search(text: String!, kinds: [Kind!] = [TOOL], filter: Filter): [Hit]
      item(id: ID!): Item
      items(first: Int): [Item]
      note: Note
      secret: String @inaccessible
    }
    enum Kind { TOOL TOY SPARE @inaccessible }
    input Filter { above: Int = 3, names: [String!], nested: Filter }
    scalar JSON
    interface Item @key(fields: "id") { id: ID! title(upper: Boolean = false): String maker: Maker }
    type Book implements Item @key(fields: "id") { id: ID! title(upper: Boolean = false): String maker: Maker pages: Int! }
    type Film implements Item @key(fields: "id") { id: ID! title(upper: Boolean = false): String maker: Maker minutes: Int cast: [Maker!] }
    type Maker @key(fields: "id") { id: ID! name: String! items: [Item!] }
    union Hit = Product | Note | Book | Maker
    type Note { id: ID! text: String! about: Hit lines: [[String]!] }
    type Product @key(fields: "id") @key(fields: "sku brand { code }") {
      id: ID!
      sku: String!
      brand: Brand!
      name(upper: Boolean = false): String!
      constructor: String
      kind: Kind
      tags: [String!]!
      grid: [[Cell!]]
      price: Int
      extra: JSON
      weight: Float @inaccessible
      dimensions: Dimensions
      packaging: Packaging @shareable
      parts: [Part!] @shareable
      discount: Int
      maker: Maker
    }
    type Brand @shareable { code: ID! }
    type Cell { id: ID! value(times: Int! = 1): Int! note: Note }
    type Dimensions { size: Int depth: Float! }
    type Packaging @shareable { kind: String layers: Int }
    type Part @shareable { label: String! count: Int sub: Packaging }
  `),
  inventory: linked(`
    type Query { warehouses: [Warehouse!] warehouse(id: ID!): Warehouse }
    type Product @key(fields: "id") {
      id: ID!
      inStock: Boolean!
      stock(unit: Unit!, filter: StockFilter): Int
      price: Int @external
      weight: Float @external
      dimensions: Dimensions @external
      shipping(zone: String): String @requires(fields: "price dimensions { size depth }")
      insured: String @requires(fields: "weight")
      warehouse: Warehouse
      packaging: Packaging @shareable
      parts: [Part!] @shareable
      discount: Int @override(from: "catalog", label: "percent(50)")
    }
    enum Unit { ONE DOZEN }
    input StockFilter { above: Int, units: [Unit!] }
    type Dimensions @external { size: Int depth: Float! }
    type Packaging @shareable { kind: String seal: String! }
    type Part @shareable { label: String! weight: Int sub: Packaging }
    type Warehouse @key(fields: "id") { id: ID! city: String products(first: Int): [Product!] nearest: Warehouse holder: Holder }
    interface Holder { id: ID! label: String held: [Product] }
    type Shelf implements Holder { id: ID! label: String! held: [Product] level: Int }
    type Crate implements Holder { id: ID! label: String held: [Product] sealed: Boolean }
  `),
  reviews: linked(`
    type Query { reviews(first: Int = 2): [Review] reviewers: [User!] }
    type Review @key(fields: "id") {
      id: ID!
      text: String
      score: Int!
      product: Product
      author: User @provides(fields: "username")
      writer: User!
      item: Item
      replies: [Review!]
    }
    type Product @key(fields: "sku brand { code }") { sku: String! brand: Brand! reviews(first: Int): [Review!] rating: Float }
    type Brand @shareable { code: ID! }
    type User @key(fields: "id") { id: ID! username: String @external reviews: [Review!]! }
    type Item @interfaceObject @key(fields: "id") { id: ID! stars: Int reviews(first: Int): [Review!] featured: Product }
  `),
  accounts: linked(`
    type Query { me: User users(ids: [ID!]): [User] parties: [Party!] }
    interface Party { id: ID! username: String peers: [Party!] }
    type User implements Party @key(fields: "id") {
      id: ID! username: String @shareable email: String! address: Address
      peers: [Party!] favourites(first: Int): [Product] manager: User
    }
    type Bot implements Party { id: ID! username: String peers: [Party!] owner: User! version: Int }
    type Address { street(lines: Int = 1): String city: City! }
    type City @shareable { name: String population: Int! }
    type Product @key(fields: "id", resolvable: false) { id: ID! }
  `),
  pricing: linked(`
    type Product @key(fields: "id") { id: ID! price: Int @override(from: "catalog") taxes: [Tax!] }
    type Tax { rate: Float! region: Region }
    type Region @key(fields: "code") { code: ID! }
  `),
  regions: linked(`
    type Query { regions: [Region!]! }
    type Region @key(fields: "code") { code: ID! name: String capital: City }
    type City @shareable { name: String population: Int! }
  `),
};

/** Composes subgraphs given by name. */
export function composed(subgraphs: Readonly<Record<string, string>>): string {
  const result = composeServices(
    Object.entries(subgraphs).map(([name, sdl]) => ({
      name,
      url: `http://${name}.invalid/graphql`,
      typeDefs: parse(sdl),
    })),
  );
  if (result.errors) throw new Error(result.errors.map((error) => error.message).join('\n'));
  return result.supergraphSdl;
}
