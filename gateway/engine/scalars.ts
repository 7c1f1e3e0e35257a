import { isScalarType, valueFromASTUntyped, type GraphQLSchema } from 'graphql';

/** Gives a caller's value of a scalar in its canonical form; throws a sentence where it is none. */
export type ParseScalar = (value: unknown) => unknown;

/** Lets the schema's own scalars refuse, in variables and in literals alike, what is no value of theirs. */
export function refineScalars(schema: GraphQLSchema, scalars: Readonly<Record<string, ParseScalar>>): void {
  for (const [name, parse] of Object.entries(scalars)) {
    const type = schema.getType(name);
    if (!isScalarType(type)) continue;
    type.parseValue = parse;
    type.parseLiteral = (node, variables) => parse(valueFromASTUntyped(node, variables));
  }
}
