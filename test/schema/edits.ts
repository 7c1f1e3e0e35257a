/** A schema that has something of everything. */
export const api = `
directive @hint(text: String = "none") repeatable on FIELD | QUERY
directive @internal(note: String) on OBJECT
"An order." type Order implements Node & Named {
  id: ID!
  name: String
  count: Int!
  tags: [String!]
  lines(first: Int! = 20, after: String, order: Order_ = ASC, kind: String!): [Line!]!
  old: String @deprecated(reason: "Use \`name\`.")
}
interface Node { id: ID! }
interface Named { name: String }
interface Priced { price: Amount }
type Line implements Node { id: ID! price: Amount }
type Gift { card: String }
scalar Amount @specifiedBy(url: "https://example.com/amount")
enum Order_ { ASC DESC }
union Thing = Order | Line
input Filter { name: String size: Int! limit: Int = 10 }
input Choice { one: Int two: Int }
type Query { order(id: ID!): Order search(filter: Filter, choice: Choice): [Thing!] }
type Mutation { send(id: ID!): Order }
`;

/** One edit of the schema: what is replaced by what, and what must be found. */
export type Edit = readonly [title: string, from: string, to: string, coordinate: string, code: string];

/** Edits that break clients. */
export const breaking: readonly Edit[] = [
  ['a field removed', 'name: String\n  count', 'count', 'Order.name', 'FIELD_REMOVED'],
  [
    'a deprecated field removed',
    'old: String @deprecated(reason: "Use `name`.")',
    '',
    'Order.old',
    'FIELD_REMOVED',
  ],
  ['a field renamed', 'count: Int!', 'number: Int!', 'Order.count', 'FIELD_REMOVED'],
  ['a field of another type', 'count: Int!', 'count: String!', 'Order.count', 'FIELD_TYPE_CHANGED'],
  ['a field that may be null now', 'count: Int!', 'count: Int', 'Order.count', 'FIELD_TYPE_CHANGED'],
  ['items that may be null now', 'tags: [String!]', 'tags: [String]', 'Order.tags', 'FIELD_TYPE_CHANGED'],
  ['a value that became a list', 'card: String', 'card: [String]', 'Gift.card', 'FIELD_TYPE_CHANGED'],
  ['a list that became a value', 'tags: [String!]', 'tags: String', 'Order.tags', 'FIELD_TYPE_CHANGED'],
  ['a type removed', 'type Gift { card: String }', '', 'Gift', 'TYPE_REMOVED'],
  ['a type of another kind', 'type Gift {', 'input Gift {', 'Gift', 'TYPE_KIND_CHANGED'],
  [
    'a required argument added',
    'order(id: ID!)',
    'order(id: ID!, at: Int!)',
    'Query.order(at:)',
    'REQUIRED_ARGUMENT_ADDED',
  ],
  ['an argument removed', 'after: String, ', '', 'Order.lines(after:)', 'ARGUMENT_REMOVED'],
  [
    'an argument that must be given now',
    'after: String,',
    'after: String!,',
    'Order.lines(after:)',
    'ARGUMENT_TYPE_CHANGED',
  ],
  [
    'an argument of another type',
    'order(id: ID!)',
    'order(id: Int!)',
    'Query.order(id:)',
    'ARGUMENT_TYPE_CHANGED',
  ],
  [
    'an argument without its default',
    'first: Int! = 20',
    'first: Int!',
    'Order.lines(first:)',
    'ARGUMENT_BECAME_REQUIRED',
  ],
  [
    'a required input field added',
    'limit: Int = 10',
    'limit: Int = 10 key: ID!',
    'Filter.key',
    'REQUIRED_INPUT_FIELD_ADDED',
  ],
  [
    'an input field removed',
    'input Filter { name: String',
    'input Filter {',
    'Filter.name',
    'INPUT_FIELD_REMOVED',
  ],
  [
    'an input field that must be given now',
    '{ name: String size',
    '{ name: String! size',
    'Filter.name',
    'INPUT_FIELD_TYPE_CHANGED',
  ],
  [
    'an input of which exactly one field may be given',
    'input Choice {',
    'input Choice @oneOf {',
    'Choice',
    'ONE_OF_ADDED',
  ],
  ['an enum value removed', 'ASC DESC', 'ASC', 'Order_.DESC', 'ENUM_VALUE_REMOVED'],
  ['a union member removed', '= Order | Line', '= Order', 'Thing', 'UNION_MEMBER_REMOVED'],
  [
    'an interface removed',
    'Order implements Node & Named',
    'Order implements Node',
    'Order',
    'INTERFACE_REMOVED',
  ],
  [
    'a directive removed',
    'directive @hint(text: String = "none") repeatable on FIELD | QUERY',
    '',
    '@hint',
    'DIRECTIVE_REMOVED',
  ],
  ['a directive in fewer places', 'FIELD | QUERY', 'FIELD', '@hint', 'DIRECTIVE_LOCATION_REMOVED'],
  [
    'a directive that may not be repeated',
    'repeatable on FIELD',
    'on FIELD',
    '@hint',
    'DIRECTIVE_REPEATABLE_REMOVED',
  ],
  ['no mutations any more', 'type Mutation { send(id: ID!): Order }', '', 'mutation', 'ROOT_REMOVED'],
  [
    'queries that begin elsewhere',
    'type Query {',
    'schema { query: Start mutation: Mutation } type Start {',
    'query',
    'ROOT_CHANGED',
  ],
];

/** Edits that may surprise clients. */
export const dangerous: readonly Edit[] = [
  ['an enum value added', 'ASC DESC', 'ASC DESC RANDOM', 'Order_.RANDOM', 'ENUM_VALUE_ADDED'],
  ['a union member added', '= Order | Line', '= Order | Line | Gift', 'Thing', 'UNION_MEMBER_ADDED'],
  [
    'an interface implemented',
    'Line implements Node',
    'Line implements Node & Priced',
    'Line',
    'INTERFACE_ADDED',
  ],
  [
    'another default',
    'first: Int! = 20',
    'first: Int! = 50',
    'Order.lines(first:)',
    'ARGUMENT_DEFAULT_CHANGED',
  ],
  ['another default of an enum', '= ASC', '= DESC', 'Order.lines(order:)', 'ARGUMENT_DEFAULT_CHANGED'],
  [
    'another default in an input',
    'limit: Int = 10',
    'limit: Int = 99',
    'Filter.limit',
    'INPUT_FIELD_DEFAULT_CHANGED',
  ],
  [
    'a default where there was none',
    'after: String,',
    'after: String = "x",',
    'Order.lines(after:)',
    'ARGUMENT_DEFAULT_CHANGED',
  ],
  [
    'an optional argument with a default',
    'order(id: ID!)',
    'order(id: ID!, at: Int = 1)',
    'Query.order(at:)',
    'OPTIONAL_ARGUMENT_ADDED',
  ],
  [
    'values specified elsewhere',
    'example.com/amount',
    'example.org/amount',
    'Amount',
    'SCALAR_SPECIFICATION_CHANGED',
  ],
];

/** Edits that no client notices. */
export const safe: readonly Edit[] = [
  ['a field added', 'card: String', 'card: String size: Int', 'Gift.size', 'FIELD_ADDED'],
  ['a field that is never null now', 'card: String', 'card: String!', 'Gift.card', 'FIELD_TYPE_CHANGED'],
  [
    'a list that is never null now',
    'tags: [String!]',
    'tags: [String!]!',
    'Order.tags',
    'FIELD_TYPE_CHANGED',
  ],
  ['a type added', 'type Gift', 'type Box { size: Int } type Gift', 'Box', 'TYPE_ADDED'],
  ['an enum added', 'type Gift', 'enum Box { BIG } type Gift', 'Box', 'TYPE_ADDED'],
  ['an input added', 'type Gift', 'input Box { size: Int! } type Gift', 'Box', 'TYPE_ADDED'],
  [
    'an optional argument added',
    'order(id: ID!)',
    'order(id: ID!, at: Int)',
    'Query.order(at:)',
    'OPTIONAL_ARGUMENT_ADDED',
  ],
  [
    'an argument that may be left out now',
    'kind: String!',
    'kind: String',
    'Order.lines(kind:)',
    'ARGUMENT_TYPE_CHANGED',
  ],
  [
    'a default for what had to be given',
    'kind: String!',
    'kind: String! = "x"',
    'Order.lines(kind:)',
    'ARGUMENT_BECAME_OPTIONAL',
  ],
  [
    'an optional input field added',
    'limit: Int = 10',
    'limit: Int = 10 key: ID',
    'Filter.key',
    'OPTIONAL_INPUT_FIELD_ADDED',
  ],
  [
    'an input field that may be left out now',
    'size: Int!',
    'size: Int',
    'Filter.size',
    'INPUT_FIELD_TYPE_CHANGED',
  ],
  [
    'a field deprecated',
    'card: String',
    'card: String @deprecated(reason: "Nothing replaces it.")',
    'Gift.card',
    'DEPRECATED',
  ],
  [
    'a deprecation taken back',
    'old: String @deprecated(reason: "Use `name`.")',
    'old: String',
    'Order.old',
    'DEPRECATION_REMOVED',
  ],
  ['another reason of a deprecation', 'Use `name`', 'Use `tags`', 'Order.old', 'DEPRECATION_REASON_CHANGED'],
  [
    'an enum value deprecated',
    'ASC DESC',
    'ASC DESC @deprecated(reason: "Use `ASC`.")',
    'Order_.DESC',
    'DEPRECATED',
  ],
  [
    'an argument deprecated',
    'after: String,',
    'after: String @deprecated(reason: "Use `first`."),',
    'Order.lines(after:)',
    'DEPRECATED',
  ],
  ['a type described anew', '"An order."', '"Something sold."', 'Order', 'DESCRIPTION_CHANGED'],
  ['a field described', 'card: String', '"Words." card: String', 'Gift.card', 'DESCRIPTION_CHANGED'],
  [
    'a directive added',
    'scalar Amount',
    'directive @trace on FIELD scalar Amount',
    '@trace',
    'DIRECTIVE_ADDED',
  ],
  [
    'a directive in more places',
    'FIELD | QUERY',
    'FIELD | QUERY | MUTATION',
    '@hint',
    'DIRECTIVE_LOCATION_ADDED',
  ],
  [
    'a directive that no operation carries removed',
    'directive @internal(note: String) on OBJECT',
    '',
    '@internal',
    'DIRECTIVE_REMOVED',
  ],
  ['subscriptions', 'type Gift', 'type Subscription { sent: Order } type Gift', 'subscription', 'ROOT_ADDED'],
  ['a query added', 'type Query {', 'type Query { gift: Gift', 'Query.gift', 'FIELD_ADDED'],
];
