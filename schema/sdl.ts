import {
  isTypeDefinitionNode,
  Kind,
  parse,
  print,
  valueFromASTUntyped,
  type DefinitionNode,
  type DirectiveNode,
  type DocumentNode,
  type EnumTypeDefinitionNode,
  type EnumTypeExtensionNode,
  type FieldDefinitionNode,
  type InputObjectTypeDefinitionNode,
  type InputObjectTypeExtensionNode,
  type InterfaceTypeDefinitionNode,
  type InterfaceTypeExtensionNode,
  type ObjectTypeDefinitionNode,
  type ObjectTypeExtensionNode,
  type TypeDefinitionNode,
  type TypeNode,
} from 'graphql';

/** Part of an object type as one contract defines or extends it. */
export type ObjectNode = ObjectTypeDefinitionNode | ObjectTypeExtensionNode;
/** Part of a type whose fields are selected: an object or an interface. */
export type CompositeNode = ObjectNode | InterfaceTypeDefinitionNode | InterfaceTypeExtensionNode;
type EnumNode = EnumTypeDefinitionNode | EnumTypeExtensionNode;
type InputNode = InputObjectTypeDefinitionNode | InputObjectTypeExtensionNode;

export function isObject(node: DefinitionNode): node is ObjectNode {
  return node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.OBJECT_TYPE_EXTENSION;
}

export function isComposite(node: DefinitionNode): node is CompositeNode {
  return (
    isObject(node) ||
    node.kind === Kind.INTERFACE_TYPE_DEFINITION ||
    node.kind === Kind.INTERFACE_TYPE_EXTENSION
  );
}

export function isEnum(node: DefinitionNode): node is EnumNode {
  return node.kind === Kind.ENUM_TYPE_DEFINITION || node.kind === Kind.ENUM_TYPE_EXTENSION;
}

export function isInput(node: DefinitionNode): node is InputNode {
  return node.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION || node.kind === Kind.INPUT_OBJECT_TYPE_EXTENSION;
}

interface Directed {
  readonly directives?: readonly DirectiveNode[] | undefined;
}

/** Every use of a directive on a node, in order. */
export function directivesOn(node: Directed, name: string): readonly DirectiveNode[] {
  return node.directives?.filter((directive) => directive.name.value === name) ?? [];
}

/** The first use of a directive on a node. */
export function directiveOn(node: Directed, name: string): DirectiveNode | undefined {
  return directivesOn(node, name)[0];
}

/** An argument's value as plain JSON, `undefined` where it is absent; enum values are strings. */
export function argumentOf(directive: DirectiveNode | undefined, name: string): unknown {
  const argument = directive?.arguments?.find((candidate) => candidate.name.value === name);
  return argument && valueFromASTUntyped(argument.value);
}

/** An argument that is one string or enum value. */
export function textOf(directive: DirectiveNode | undefined, name: string): string | undefined {
  const value = argumentOf(directive, name);
  return typeof value === 'string' ? value : undefined;
}

/** An argument that is a list of strings or enum values; a single value counts as a list of one. */
export function textsOf(directive: DirectiveNode | undefined, name: string): readonly string[] {
  const value = argumentOf(directive, name);
  return (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'string');
}

/** An argument that is a list of lists of strings, as scopes and policies are. */
export function textSetsOf(
  directive: DirectiveNode | undefined,
  name: string,
): readonly (readonly string[])[] {
  const value = argumentOf(directive, name);
  if (!Array.isArray(value)) return [];
  return value.map((set) => (Array.isArray(set) ? set : [set]).filter((item) => typeof item === 'string'));
}

/** The name inside all wrappings: `[Item!]!` gives `Item`. */
export function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}

/** Whether a value of the type is a list. */
export function isListType(type: TypeNode): boolean {
  return type.kind === Kind.LIST_TYPE || (type.kind === Kind.NON_NULL_TYPE && isListType(type.type));
}

/** The type without the outermost `!`, as written in SDL. */
export function nullableType(type: TypeNode): string {
  return print(type.kind === Kind.NON_NULL_TYPE ? type.type : type);
}

/** Name to definition of every type of a document; extensions are left out. */
export function typesOf(document: DocumentNode): ReadonlyMap<string, TypeDefinitionNode> {
  return new Map(document.definitions.filter(isTypeDefinitionNode).map((node) => [node.name.value, node]));
}

/** The type of a connection's nodes, by the type of the field that gives the connection; `undefined` for any other type. */
export function nodeTypeOf(
  types: ReadonlyMap<string, TypeDefinitionNode>,
  type: TypeNode,
): TypeNode | undefined {
  const name = namedType(type);
  return name.endsWith('Connection') ? fieldType(types, fieldType(types, type, 'edges'), 'node') : undefined;
}

function fieldType(
  types: ReadonlyMap<string, TypeDefinitionNode>,
  type: TypeNode | undefined,
  field: string,
): TypeNode | undefined {
  const definition = type && types.get(namedType(type));
  if (!definition || !isObject(definition)) return undefined;
  return definition.fields?.find(({ name }) => name.value === field)?.type;
}

/** Whether a field of an object is given by who writes the object, rather than derived by the object's owner. */
export function isGiven(field: FieldDefinitionNode): boolean {
  const derived = directivesOn(field, 'tag').some((tag) => textOf(tag, 'name') === 'derived');
  return !derived && (field.arguments ?? []).length === 0 && deprecationOf(field) === undefined;
}

/** The reason why a field should not be used any more; `undefined` where it may. */
export function deprecationOf(field: FieldDefinitionNode): string | undefined {
  const deprecated = directiveOn(field, 'deprecated');
  return deprecated && (textOf(deprecated, 'reason') ?? 'No longer supported');
}

/** The keys by which a subgraph resolves a type; of each the names of its own fields, not of nested ones. */
export function keysOf(type: ObjectNode): readonly (readonly string[])[] {
  return directivesOn(type, 'key')
    .filter((key) => argumentOf(key, 'resolvable') !== false)
    .map((key) => fieldNames(textOf(key, 'fields') ?? '__typename'));
}

function fieldNames(fieldSet: string): readonly string[] {
  const [operation] = parse(`{ ${fieldSet} }`).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) return [];
  return operation.selectionSet.selections.flatMap((node) =>
    node.kind === Kind.FIELD ? [node.name.value] : [],
  );
}
