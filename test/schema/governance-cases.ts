import { owned, type Case, type Variation } from './fixtures.ts';

const read = '@requiresScopes(scopes: [["order:read"]])';

/** Cases of the rules about who owns, reads and writes. */
export const governanceCases: readonly Case[] = [
  {
    code: 'ATTRIBUTE_WITHOUT_OWNER',
    coordinate: 'Order.note',
    fails: { attributes: `"A remark." note: String ${read}` },
    passes: { attributes: `"A remark." note: String ${owned}` },
  },
  {
    code: 'ATTRIBUTE_WITH_TWO_OWNERS',
    coordinate: 'Order.note',
    fails: {
      attributes: `"A remark." note: String @shareable ${owned}`,
      depot: `"A remark." note: String @shareable @owner(system: DEPOT) ${read}`,
    },
    passes: {
      attributes: `"A remark." note: String ${owned}`,
      depot: `"A remark." note: String @override(from: "shop") @owner(system: DEPOT) ${read}`,
    },
  },
  {
    code: 'OWNER_UNKNOWN',
    coordinate: 'Order.note',
    fails: { attributes: `"A remark." note: String @owner(system: BANK) ${read}` },
    passes: { attributes: `"A remark." note: String ${owned}` },
  },
  {
    code: 'OWNER_DOES_NOT_RESOLVE',
    coordinate: 'Order.note',
    fails: { attributes: `"A remark." note: String @owner(system: DEPOT) ${read}` },
    passes: { depot: `"A remark." note: String @owner(system: DEPOT) ${read}` },
  },
  {
    code: 'OWNER_OUTSIDE_ENTITY',
    coordinate: 'Gift.card',
    fails: {
      attributes: `"A gift." gift: Gift ${owned}`,
      types: `"A gift." type Gift { "Words." card: String @owner(system: SHOP) }`,
    },
    passes: {
      attributes: `"A gift." gift: Gift ${owned}`,
      types: `"A gift." type Gift { "Words." card: String }`,
    },
  },
  {
    code: 'GOVERNED_WITHOUT_SCOPE',
    coordinate: 'Order.note',
    fails: { attributes: `"A remark." note: String @governed(write: []) ${owned}` },
    passes: { attributes: `"A remark." note: String @governed(write: ["order:write"]) ${owned}` },
  },
  {
    code: 'GOVERNED_WITHOUT_SCOPE',
    coordinate: 'Order.note',
    fails: { attributes: `"A remark." note: String @governed(write: ["order:write"], approve: []) ${owned}` },
    passes: {
      attributes: `"A remark." note: String @governed(write: ["order:write"], approve: ["order:approve"]) ${owned}`,
    },
  },
  {
    code: 'GOVERNED_NOT_READABLE',
    coordinate: 'Order.note',
    fails: {
      attributes: `"A remark." note: String @inaccessible @governed(write: ["order:write"]) ${owned}`,
    },
    passes: { attributes: `"A remark." note: String @inaccessible ${owned}` },
  },
  {
    code: 'GOVERNED_NOT_AN_INPUT',
    coordinate: 'Order.total',
    fails: { attributes: `"Sum." total(tax: Boolean): Money @governed(write: ["order:write"]) ${owned}` },
    passes: { attributes: `"Sum." total: Money @governed(write: ["order:write"]) ${owned}` },
  },
  {
    code: 'GOVERNED_KEY',
    coordinate: 'Parcel.id',
    fails: parcels('@governed(write: ["order:write"])'),
    passes: parcels(''),
  },
  {
    code: 'COPY_TARGET_UNKNOWN',
    coordinate: 'Order.note',
    fails: {
      attributes: `"A remark." note: String @governed(write: ["order:write"], copiedTo: [BANK]) ${owned}`,
    },
    passes: {
      attributes: `"A remark." note: String @governed(write: ["order:write"], copiedTo: [DEPOT]) ${owned}`,
    },
  },
  {
    code: 'COPY_TO_OWNER',
    coordinate: 'Order.note',
    fails: {
      attributes: `"A remark." note: String @governed(write: ["order:write"], copiedTo: [SHOP]) ${owned}`,
    },
    passes: {
      attributes: `"A remark." note: String @governed(write: ["order:write"], copiedTo: [DEPOT]) ${owned}`,
    },
  },
  {
    code: 'COPY_TYPE_DIFFERS',
    coordinate: 'Order.note',
    fails: {
      attributes: `"A remark." note: String @governed(write: ["order:write"], copiedTo: [DEPOT]) ${owned}`,
      depot: `"A remark." note: Int @external`,
    },
    passes: {
      attributes: `"A remark." note: String @governed(write: ["order:write"], copiedTo: [DEPOT]) ${owned}`,
      depot: `"A remark." note: String @external`,
    },
  },
  {
    code: 'ATTRIBUTE_WITHOUT_READ_POLICY',
    coordinate: 'Order.note',
    fails: { attributes: `"A remark." note: String @owner(system: SHOP)` },
    passes: { attributes: `"A remark." note: String @owner(system: SHOP) @authenticated` },
  },
  {
    code: 'ROOT_FIELD_WITHOUT_POLICY',
    coordinate: 'Query.best',
    fails: { types: `type Query { "The best one." best: Order }` },
    passes: { types: `type Query { "The best one." best: Order @authenticated }` },
  },
  {
    code: 'EMPTY_READ_POLICY',
    coordinate: 'Order.note',
    fails: { attributes: `"A remark." note: String @owner(system: SHOP) @requiresScopes(scopes: [[]])` },
    passes: { attributes: `"A remark." note: String ${owned}` },
  },
  {
    code: 'PERSONAL_WITHOUT_REVEAL',
    coordinate: 'Order.note',
    fails: { attributes: `"A remark." note: String @personal(reveal: []) ${owned}` },
    passes: { attributes: `"A remark." note: String @personal(reveal: ["order:personal"]) ${owned}` },
  },
  ...(
    [
      ['String!', 'NULL', 'String', 'NULL'],
      ['Int', 'LAST_FOUR', 'ID!', 'LAST_FOUR'],
      ['DateTime', 'HASH', 'PhoneNumber!', 'HASH'],
      ['[String!]', 'DOMAIN', '[String!]', 'NULL'],
      ['Money', 'HASH', 'Money', 'NULL'],
    ] as const
  ).map(([wrong, mask, right, other]): Case => ({
    code: 'PERSONAL_MASK_UNSUITED',
    coordinate: 'Gift.from',
    fails: gifts(`${wrong} @personal(reveal: ["order:personal"], mask: ${mask})`),
    passes: gifts(`${right} @personal(reveal: ["order:personal"], mask: ${other})`),
  })),
  {
    code: 'PERSONAL_ENTRANCE',
    coordinate: 'Query.best',
    fails: {
      types: `type Query { "The best one." best: String @personal(reveal: ["order:personal"]) @authenticated }`,
    },
    passes: { types: `type Query { "The best one." best: String @authenticated }` },
  },
];

function gifts(from: string): Variation {
  return {
    attributes: `"A gift." gift: Gift ${owned}`,
    types: `"A gift." type Gift { "Who gives it." from: ${from} }`,
  };
}

function parcels(governed: string): Variation {
  const parcel = '"A parcel." type Parcel @key(fields: "id") { "Its id." id: ID!';
  return {
    types: `${parcel} @owner(system: SHOP) @authenticated ${governed} }`,
    depot: `} ${parcel} "Where it is." place: String @owner(system: DEPOT) @authenticated`,
  };
}
