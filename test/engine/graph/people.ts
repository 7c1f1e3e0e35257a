import type { Part } from './engine.ts';

const personal = `
  extend schema
    @link(url: "https://customer-graph.dev/governance/v1.0", import: ["@personal"])
    @composeDirective(name: "@personal")
  directive @personal(reveal: [String!]!, mask: Mask! = NULL) on FIELD_DEFINITION
  enum Mask { NULL HASH LAST_FOUR DOMAIN }
`;

const person = (id: string): object => ({ __typename: 'Person', id });
const firm = { __typename: 'Firm', id: 'f' };

/** A small graph with something of every kind that a caller may lack. `renamed` notes the effects. */
export function people(renamed: string[] = []): Readonly<Record<'front' | 'money', Part>> {
  return {
    front: {
      sdl: `
        type Query {
          person(id: ID!): Person @authenticated
          people(count: Int = 2): [Person!]! @authenticated
          listed: [Person!]! @requiresScopes(scopes: [["list"]])
          nodes: [Node!] @authenticated
          found: [Found!] @authenticated
          vault: Vault @authenticated
        }
        type Mutation {
          rename(id: ID!): Person @authenticated
          wipe: Boolean! @requiresScopes(scopes: [["admin"]])
          purge: Boolean @requiresScopes(scopes: [["admin"]])
        }
        interface Node { id: ID! label: String pay: Int }
        type Person implements Node @key(fields: "id") {
          id: ID! label: String @requiresScopes(scopes: [["label"]]) friend: Person
          pay: Int @requiresScopes(scopes: [["pay"]])
        }
        type Firm implements Node @key(fields: "id") {
          id: ID! label: String @requiresScopes(scopes: [["label"]]) pay: Int
        }
        union Found = Person | Firm | Vault
        type Vault @requiresScopes(scopes: [["vault"]]) { code: String }
      `,
      resolvers: {
        Query: {
          person: (_: unknown, { id }: { id: string }) => person(id),
          people: (_: unknown, { count }: { count: number }) =>
            Array.from({ length: count }, (_none, index) => person(`${index}`)),
          listed: () => [person('1'), person('2')],
          nodes: () => [person('1'), firm],
          found: () => [person('1'), firm],
          vault: () => ({ __typename: 'Vault', code: 'secret-code' }),
        },
        Mutation: {
          rename: (_: unknown, { id }: { id: string }) => renamed.push(id) && person(id),
          wipe: () => renamed.push('everything') > 0,
          purge: () => renamed.push('everything') > 0,
        },
        Person: { label: () => 'secret-label', pay: () => 4711, friend: () => person('2') },
        Firm: { label: () => 'secret-label', pay: () => 12 },
      },
    },
    money: {
      sdl: `
        ${personal}
        type Person @key(fields: "id") {
          id: ID!
          salary: Int @requiresScopes(scopes: [["salary"], ["boss", "hr"]])
          grade: String! @requiresScopes(scopes: [["hr"]])
          bonus: Int @policy(policies: [["paid"]])
          account: Account
          mail: String @personal(reveal: ["pii"], mask: DOMAIN)
          phone: String @personal(reveal: ["pii"], mask: LAST_FOUR)
          nick: String! @personal(reveal: ["pii"], mask: HASH)
          born: String @personal(reveal: ["pii"])
        }
        type Account @requiresScopes(scopes: [["account"]]) { iban: String! @personal(reveal: ["bank"], mask: LAST_FOUR) }
      `,
      resolvers: {
        Person: {
          salary: () => 4711,
          grade: () => 'secret-grade',
          bonus: () => 4711,
          account: () => ({ iban: 'DE89370400440532013000' }),
          mail: () => 'ann@example.com',
          phone: () => '+4930901820',
          nick: ({ id }: { id: string }) => `nick-${Number(id) % 2}`,
          born: () => '1980-01-01',
        },
      },
    },
  };
}
