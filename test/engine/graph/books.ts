/** A small graph with known answers: books, their stock, reviews and users. */
export const books = {
  catalog: {
    sdl: `
      type Query { book(id: ID!): Book books: [Book!]! search: [Hit] media: [Media] shelves: [[Book]] }
      interface Media @key(fields: "id") { id: ID! title: String }
      type Book implements Media @key(fields: "id") @key(fields: "isbn maker { code }") {
        id: ID! isbn: String! maker: Maker! title(upper: Boolean = false): String kind: Kind weight: Int @inaccessible
      }
      type Film implements Media @key(fields: "id") { id: ID! title: String minutes: Int }
      type Maker @shareable { code: ID! }
      type Note { text: String! }
      union Hit = Book | Note
      enum Kind { NOVEL ESSAY SECRET @inaccessible }
      type Mutation { rename(id: ID!, title: String!): Book }
    `,
    resolvers: (() => {
      const titles = new Map([
        ['1', 'One'],
        ['2', 'Two'],
      ]);
      const book = (id: string): object => ({
        __typename: 'Book',
        id,
        isbn: `isbn-${id}`,
        maker: { code: `m${id}` },
        kind: id === '1' ? 'NOVEL' : 'SECRET',
        weight: Number(id) * 100,
      });
      return {
        Query: {
          book: (_: unknown, { id }: { id: string }) => (titles.has(id) ? book(id) : null),
          books: () => [book('1'), book('2')],
          search: () => [{ __typename: 'Note', text: 'a "note"\n' }, book('1'), null],
          media: () => [book('1'), { __typename: 'Film', id: '3', title: 'Three', minutes: 90 }],
          shelves: () => [[book('1'), null], null, [book('2')]],
        },
        Book: {
          __resolveReference: (reference: { id?: string; isbn?: string }) =>
            book(reference.id ?? reference.isbn?.replace('isbn-', '') ?? ''),
          title: ({ id }: { id: string }, { upper }: { upper: boolean }) =>
            upper ? titles.get(id)?.toUpperCase() : titles.get(id),
        },
        Film: { __resolveReference: ({ id }: { id: string }) => ({ id, title: 'Three', minutes: 90 }) },
        Media: {
          __resolveReference: ({ id }: { id: string }) =>
            id === '3' ? { __typename: 'Film', id, title: 'Three', minutes: 90 } : book(id),
        },
        Mutation: {
          rename: (_: unknown, { id, title }: { id: string; title: string }) => {
            titles.set(id, title);
            return book(id);
          },
        },
      };
    })(),
  },
  stock: {
    sdl: `
      type Book @key(fields: "id") {
        id: ID! weight: Int @external amount: Int shipping(zone: String): String @requires(fields: "weight")
      }
      type Mutation { restock(id: ID!, amount: Int!): Book }
    `,
    resolvers: (() => {
      const amounts = new Map([
        ['1', 5],
        ['2', 0],
      ]);
      return {
        Book: {
          amount: ({ id }: { id: string }) => amounts.get(id),
          shipping: ({ weight }: { weight?: number }, { zone }: { zone?: string }) =>
            `${String(weight)} to ${zone ?? 'here'}`,
        },
        Mutation: {
          restock: (_: unknown, { id, amount }: { id: string; amount: number }) => {
            amounts.set(id, amount);
            return { id };
          },
        },
      };
    })(),
  },
  reviews: {
    sdl: `
      type Query { reviews: [Review!]! }
      type Review @key(fields: "id") { id: ID! book: Book media: Media author: User @provides(fields: "name") }
      type Book @key(fields: "isbn maker { code }") { isbn: String! maker: Maker! stars: Int }
      type Maker @shareable { code: ID! }
      type User @key(fields: "id") { id: ID! name: String @external }
      type Media @interfaceObject @key(fields: "id") { id: ID! praise: String }
    `,
    resolvers: {
      Query: {
        reviews: () => [
          {
            id: 'r1',
            book: { isbn: 'isbn-2', maker: { code: 'm2' } },
            media: { id: '3' },
            author: { id: 'u1', name: 'Ann' },
          },
        ],
      },
      Book: {
        stars: ({ isbn, maker }: { isbn: string; maker: { code: string } }) =>
          isbn === 'isbn-1' && maker.code === 'm1' ? 4 : 3,
      },
      Media: { praise: ({ id }: { id: string }) => `praise of ${id}` },
    },
  },
  users: {
    sdl: `
      type Query { me: User }
      type User @key(fields: "id") { id: ID! name: String @shareable email: String }
    `,
    resolvers: {
      Query: { me: () => ({ id: 'u1', name: 'Ann' }) },
      User: {
        __resolveReference: ({ id }: { id: string }) => ({ id, name: 'Ann', email: `${id}@example.com` }),
      },
    },
  },
};
