import { owned, type Case, type Variation } from './fixtures.ts';

/** Cases of the rules about shapes and words. */
export const shapeCases: readonly Case[] = [
  {
    code: 'ATTRIBUTE_NOT_NULLABLE',
    coordinate: 'Order.note',
    fails: { attributes: `"A remark." note: String! ${owned}` },
    passes: { attributes: `"A remark." note: String ${owned}` },
  },
  {
    code: 'LIST_NOT_CONNECTION',
    coordinate: 'Order.gifts',
    fails: {
      attributes: `"Gifts." gifts: [Gift!] ${owned}`,
      types: '"A gift." type Gift { "Words." card: String }',
    },
    passes: {
      attributes: `"Gifts." gifts: [Gift!] @listSize(assumedSize: 3) ${owned} "Tags." tags: [String!] ${owned}`,
      types: '"A gift." type Gift { "Words." card: String }',
    },
  },
  {
    code: 'LIST_OF_NULLS',
    coordinate: 'Order.tags',
    fails: { attributes: `"Tags." tags: [String] ${owned}` },
    passes: { attributes: `"Tags." tags: [String!] ${owned}` },
  },
  {
    code: 'MONEY_AS_FLOAT',
    coordinate: 'Order.weight',
    fails: { attributes: `"Weight." weight: Float ${owned}` },
    passes: { attributes: `"Weight." weight: Decimal ${owned}` },
  },
  {
    code: 'MONEY_AS_FLOAT',
    coordinate: 'Gift.unitPrice',
    fails: gift('"Price." unitPrice: Float'),
    passes: gift('"Share of all." share: Float'),
  },
  {
    code: 'TIME_AS_TEXT',
    coordinate: 'Order.packedAt',
    fails: { attributes: `"When it was packed." packedAt: String ${owned}` },
    passes: {
      attributes: `"When it was packed." packedAt: DateTime ${owned} "Shape." format: String ${owned}`,
    },
  },
  {
    code: 'ROOT_TYPE_AS_VALUE',
    coordinate: 'Order.subscription',
    fails: {
      attributes: `"Standing order." subscription: Subscription ${owned}`,
      types: '"A standing order." type Subscription { "How many." count: Int }',
    },
    passes: {
      attributes: `"Standing order." subscription: StandingOrder ${owned}`,
      types: '"A standing order." type StandingOrder { "How many." count: Int }',
    },
  },
  {
    code: 'CONNECTION_SHAPE',
    coordinate: 'GiftConnection',
    fails: gifts('edges: [GiftEdge!]', 'first: Int = 20, after: String'),
    passes: gifts('edges: [GiftEdge!]!', 'first: Int = 20, after: String'),
  },
  {
    code: 'CONNECTION_ARGUMENTS',
    coordinate: 'Order.gifts',
    fails: gifts('edges: [GiftEdge!]!', 'first: Int, after: String'),
    passes: gifts('edges: [GiftEdge!]!', 'first: Int = 20, after: String'),
  },
  {
    code: 'CONTRACT_WITHOUT_INTRODUCTION',
    coordinate: 'System.SHOP',
    fails: { introduction: '' },
    passes: {},
  },
  {
    code: 'ATTRIBUTE_WITHOUT_DESCRIPTION',
    coordinate: 'Order.note',
    fails: { attributes: `note: String ${owned}` },
    passes: { attributes: `"A remark." note: String ${owned}` },
  },
  {
    code: 'FIELD_WITHOUT_DESCRIPTION',
    coordinate: 'Gift.card',
    fails: gift('card: String'),
    passes: gift('"Words." card: String'),
  },
  {
    code: 'FIELD_WITHOUT_DESCRIPTION',
    coordinate: 'Filter.tag',
    fails: { types: '"A filter." input Filter { tag: String }' },
    passes: { types: '"A filter." input Filter { "A tag." tag: String }' },
  },
  {
    code: 'TYPE_WITHOUT_DESCRIPTION',
    coordinate: 'Filter',
    fails: { types: 'input Filter { "A tag." tag: String }' },
    passes: { types: '"A filter." input Filter { "A tag." tag: String }' },
  },
  {
    code: 'ENUM_VALUE_WITHOUT_DESCRIPTION',
    coordinate: 'Speed.FAST',
    fails: { types: '"How fast." enum Speed { FAST }' },
    passes: { types: '"How fast." enum Speed { "In a day." FAST }' },
  },
  {
    code: 'NAME_CASE',
    coordinate: 'Order.gift_card',
    fails: { attributes: `"Words." gift_card: String ${owned}` },
    passes: { attributes: `"Words." giftCard: String ${owned}` },
  },
  {
    code: 'NAME_CASE',
    coordinate: 'how_fast',
    fails: { types: '"How fast." enum how_fast { "In a day." FAST }' },
    passes: { types: '"How fast." enum HowFast { "In a day." FAST }' },
  },
  {
    code: 'NAME_CASE',
    coordinate: 'Speed.Fast',
    fails: { types: '"How fast." enum Speed { "In a day." Fast }' },
    passes: { types: '"How fast." enum Speed { "In a day." IN_A_DAY }' },
  },
  {
    code: 'DEPRECATED_WITHOUT_REPLACEMENT',
    coordinate: 'Order.note',
    fails: { attributes: `"A remark." note: String @deprecated ${owned}` },
    passes: { attributes: `"A remark." note: String @deprecated(reason: "Use \`number\`.") ${owned}` },
  },
];

function gift(field: string): Variation {
  return { attributes: `"A gift." gift: Gift ${owned}`, types: `"A gift." type Gift { ${field} }` };
}

function gifts(edges: string, parameters: string): Variation {
  return {
    attributes: `"Gifts." gifts(${parameters}): GiftConnection ${owned}`,
    types: `
"A page of gifts." type GiftConnection { "The gifts." ${edges} "Where it stands." pageInfo: PageInfo! }
"A gift in a page." type GiftEdge { "Its position." cursor: String! "The gift." node: Gift! }
"A gift." type Gift { "Words." card: String }`,
  };
}
