import { isObjectType, Kind, parse, print, type FieldDefinitionNode, type GraphQLSchema } from 'graphql';
import { Failure } from '../../../runtime/failure.ts';
import type { Principal } from '../../../runtime/principal.ts';
import { hash } from './world.ts';

export const scopes = ['s0', 's1', 's2', 's3'];

/** The scope that a field is given, so that about every fourth has one, and every eighth of the entrances. */
function scopeOf(coordinate: string): string | undefined {
  const drawn = hash(`guard ${coordinate}`) % (coordinate.startsWith('Query.') ? 32 : 16);
  return scopes[drawn];
}

/** Scopes of a field, and of the fields of its type's interfaces: those count through them in any case. */
function scopesOf(type: string, interfaces: readonly string[], field: string): readonly string[] {
  return [...new Set([type, ...interfaces].flatMap((name) => scopeOf(`${name}.${field}`) ?? []))];
}

/** A supergraph in which many fields ask for scopes; those of one type not, to see that it makes a difference. */
export function guarded(supergraph: string, forgotten?: string): string {
  const document = parse(supergraph);
  const definitions = document.definitions.map((node) => {
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.INTERFACE_TYPE_DEFINITION)
      return node;
    if (node.name.value === forgotten) return node;
    const interfaces = (node.interfaces ?? []).map(({ name }) => name.value);
    const fields = (node.fields ?? []).map((field) => {
      const hidden = field.directives?.some(({ name }) => name.value === 'inaccessible');
      return hidden ? field : withScopes(field, scopesOf(node.name.value, interfaces, field.name.value));
    });
    return { ...node, fields };
  });
  return `${print({ ...document, definitions })}\ndirective @requiresScopes(scopes: [[String!]!]!) on FIELD_DEFINITION`;
}

function withScopes(field: FieldDefinitionNode, needed: readonly string[]): FieldDefinitionNode {
  if (needed.length === 0) return field;
  const text = `type T { f: Int @requiresScopes(scopes: [${JSON.stringify(needed)}]) }`;
  const [made] = parse(text).definitions;
  const added = made?.kind === Kind.OBJECT_TYPE_DEFINITION ? made.fields?.[0]?.directives : undefined;
  return { ...field, directives: [...(field.directives ?? []), ...(added ?? [])] };
}

/** Lets the fields of a whole schema fail, in place, for who lacks a scope that they ask for. */
export function refusing(schema: GraphQLSchema, principal: () => Principal): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    const interfaces = type.getInterfaces().map(({ name }) => name);
    for (const field of Object.values(type.getFields())) {
      const needed = scopesOf(type.name, interfaces, field.name);
      const { resolve } = field;
      field.resolve = (...given) => {
        if (!needed.every((scope) => principal().scopes.has(scope)))
          throw new Failure('UNAUTHORIZED_FIELD_OR_TYPE', field.name);
        return resolve?.(...given);
      };
    }
  }
  return schema;
}
