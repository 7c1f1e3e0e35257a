import {
  isObjectType,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
} from 'graphql';
import { Failure } from '../../runtime/failure.ts';

/** The names of the objects that can be where the type is expected. */
export function possibleNames(schema: GraphQLSchema, type: GraphQLCompositeType): ReadonlySet<string> {
  if (isObjectType(type)) return new Set([type.name]);
  return new Set(schema.getPossibleTypes(type).map((possible) => possible.name));
}

/** The definition of a field of a validated operation, introspection's own included. */
export function fieldOf(
  schema: GraphQLSchema,
  parent: GraphQLCompositeType,
  name: string,
): GraphQLField<unknown, unknown> {
  if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
  if (parent === schema.getQueryType()) {
    if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
    if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  }
  const found = 'getFields' in parent ? parent.getFields()[name] : undefined;
  if (!found) throw new Failure('INTERNAL_SERVER_ERROR', `There is no field ${parent.name}.${name}.`);
  return found;
}
