import {
  getNullableType,
  getVariableValues,
  isNonNullType,
  isScalarType,
  typeFromAST,
  type GraphQLSchema,
  type TypeNode,
  type VariableDefinitionNode,
} from 'graphql';
import type { AnswerError } from './errors.ts';

type Values = Readonly<Record<string, unknown>>;

/** Coerced variables, or why they are refused. */
export type Coerced =
  | { readonly values: Values; readonly errors?: undefined }
  | { readonly values?: undefined; readonly errors: readonly AnswerError[] };

/** Coerces the variables of one operation. */
export type Coerce = (variables: unknown) => Coerced;

/** Values of plain scalars are only looked at; everything else is coerced by graphql-js. */
export function coercer(schema: GraphQLSchema, definitions: readonly VariableDefinitionNode[]): Coerce {
  const checks = definitions.map((definition) => ({
    name: definition.variable.name.value,
    fits: definition.defaultValue ? undefined : plainCheck(schema, definition.type),
  }));
  return (variables) => {
    if (!isRecord(variables)) {
      return { errors: [refusal('The variables must be an object with a value for each name.')] };
    }
    const values: Record<string, unknown> = {};
    for (const { name, fits } of checks) {
      const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
      if (!fits?.(value)) return coerceAll(schema, definitions, variables);
      if (value !== undefined) values[name] = value;
    }
    return { values };
  };
}

function coerceAll(
  schema: GraphQLSchema,
  definitions: readonly VariableDefinitionNode[],
  variables: Values,
): Coerced {
  const { coerced, errors } = getVariableValues(schema, definitions, variables, { maxErrors: 20 });
  return errors ? { errors: errors.map((error) => refusal(error.message)) } : { values: coerced };
}

/** Whether a value needs no coercion; undefined for types that always do. */
function plainCheck(schema: GraphQLSchema, node: TypeNode): ((value: unknown) => boolean) | undefined {
  const type = typeFromAST(schema, node);
  if (!type) return undefined;
  const inner = getNullableType(type);
  const check = isScalarType(inner) ? plain.get(inner.name) : undefined;
  if (!check || isNonNullType(type)) return check;
  return (value) => value === undefined || value === null || check(value);
}

const plain: ReadonlyMap<string, (value: unknown) => boolean> = new Map([
  ['ID', (value: unknown) => typeof value === 'string'],
  ['String', (value: unknown) => typeof value === 'string'],
  ['Int', (value: unknown) => typeof value === 'number' && (value | 0) === value],
  ['Float', (value: unknown) => typeof value === 'number' && Number.isFinite(value)],
  ['Boolean', (value: unknown) => typeof value === 'boolean'],
]);

function isRecord(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refusal(message: string): AnswerError {
  return { message, extensions: { code: 'BAD_USER_INPUT' } };
}
