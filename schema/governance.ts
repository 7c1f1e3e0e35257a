import { Kind, parse, print, type DirectiveNode, type DocumentNode, type FieldDefinitionNode } from 'graphql';
import { both, open, type Access } from './access.ts';
import { revealedBy } from './personal.ts';
import { referencesIn } from './references.ts';
import {
  argumentOf,
  deprecationOf,
  directiveOn,
  directivesOn,
  isComposite,
  isObject,
  namedType,
  textOf,
  textSetsOf,
  textsOf,
  typesOf,
  type CompositeNode,
  type ObjectNode,
} from './sdl.ts';

/** Who may change an attribute, and how. */
export interface Writing {
  /** Scopes of which the caller needs all. */
  readonly scopes: readonly string[];
  /** Scopes of which a second person needs all; empty where nobody has to approve. */
  readonly approve: readonly string[];
  /** Whether the caller waits for the owner's answer. */
  readonly confirm: 'SYNC' | 'ASYNC';
  /** Systems that keep a copy of the value. */
  readonly copiedTo: readonly string[];
}

/** One attribute of one entity, as the contracts declare it. */
export interface Attribute {
  readonly entity: string;
  readonly name: string;
  /** In SDL, e.g. `[Item!]!`. */
  readonly type: string;
  /** The system of record, as in `enum System`. */
  readonly owner: string;
  /** Name of the subgraph that resolves it for the owner. */
  readonly subgraph: string;
  readonly description: string;
  /** Whether it is a page of a longer list rather than a value. */
  readonly connection: boolean;
  /**
   * Where a value that is written names another entity: paths of fields joined by dots, '' for the value itself, through
   * lists. Absent where it names none.
   */
  readonly references?: readonly string[];
  /** The reason not to use it any more. */
  readonly deprecated?: string;
  readonly read: Access;
  /** Scopes of which a caller needs all to see its personal data whole; absent where its value has none. */
  readonly personal?: readonly string[];
  /** Absent where the graph does not change it. */
  readonly write?: Writing;
}

/**
 * Every attribute of every entity of a supergraph, in the supergraph's order. An entity is an object type that two or
 * more subgraphs resolve by key and whose fields name owners; a field without owner is no attribute.
 * @param supergraph SDL or document of a Federation 2 supergraph.
 */
export function attributesOf(supergraph: string | DocumentNode): readonly Attribute[] {
  const document = typeof supergraph === 'string' ? parse(supergraph) : supergraph;
  const graphs = graphNames(document);
  const access = accessOfTypes(document);
  const types = typesOf(document);
  return document.definitions
    .filter(isObject)
    .filter(isResolvedByKeyInSeveral)
    .flatMap((type) =>
      (type.fields ?? []).flatMap((field): readonly Attribute[] => {
        const found = attributeOf(type, field, graphs, access);
        if (!found) return [];
        const personal = revealedBy(types, field);
        const attribute = personal.length > 0 ? { ...found, personal } : found;
        if (!attribute.write) return [attribute];
        const references = referencesIn(types, field.type);
        return [references.length > 0 ? { ...attribute, references } : attribute];
      }),
    );
}

/**
 * Who may read each field of a supergraph, by coordinate: what the field, its type and the type of its value ask for
 * together. Fields that are not published are left out.
 */
export function accessOfFields(supergraph: string | DocumentNode): ReadonlyMap<string, Access> {
  const document = typeof supergraph === 'string' ? parse(supergraph) : supergraph;
  const accessOfType = accessOfTypes(document);
  return new Map(
    document.definitions
      .filter(isComposite)
      .filter((type) => !directiveOn(type, 'inaccessible'))
      .flatMap((type) =>
        (type.fields ?? [])
          .filter((field) => !directiveOn(field, 'inaccessible'))
          .map((field) => [
            `${type.name.value}.${field.name.value}`,
            accessOfField(type, field, accessOfType),
          ]),
      ),
  );
}

/** The access that one element's own directives ask for. */
export function accessOf(node: { readonly directives?: readonly DirectiveNode[] | undefined }): Access {
  const asked = [
    ...directivesOn(node, 'authenticated').map(() => ({ ...open, authenticated: true })),
    ...directivesOn(node, 'requiresScopes').map((use) => ({ ...open, scopes: textSetsOf(use, 'scopes') })),
    ...directivesOn(node, 'policy').map((use) => ({ ...open, policies: textSetsOf(use, 'policies') })),
  ];
  return asked.reduce(both, open);
}

/** What `@governed` says on a field; `undefined` where the graph does not change the attribute. */
export function writingOf(field: FieldDefinitionNode): Writing | undefined {
  const governed = directiveOn(field, 'governed');
  return (
    governed && {
      scopes: textsOf(governed, 'write'),
      approve: textsOf(governed, 'approve'),
      confirm: textOf(governed, 'confirm') === 'ASYNC' ? 'ASYNC' : 'SYNC',
      copiedTo: textsOf(governed, 'copiedTo'),
    }
  );
}

function attributeOf(
  type: ObjectNode,
  field: FieldDefinitionNode,
  graphs: ReadonlyMap<string, string>,
  accessOfType: (name: string) => Access,
): Attribute | null {
  const owner = textOf(directiveOn(field, 'owner'), 'system');
  if (owner === undefined) return null;
  const [deprecated, write] = [deprecationOf(field), writingOf(field)];
  return {
    entity: type.name.value,
    name: field.name.value,
    type: print(field.type),
    owner,
    subgraph: graphs.get(owner) ?? '',
    description: field.description?.value ?? '',
    connection: namedType(field.type).endsWith('Connection'),
    ...(deprecated === undefined ? {} : { deprecated }),
    read: accessOfField(type, field, accessOfType),
    ...(write && { write }),
  };
}

function accessOfField(
  type: CompositeNode,
  field: FieldDefinitionNode,
  accessOfType: (name: string) => Access,
): Access {
  return [accessOf(field), accessOfType(type.name.value), accessOfType(namedType(field.type))].reduce(both);
}

function isResolvedByKeyInSeveral(type: ObjectNode): boolean {
  const graphs = directivesOn(type, 'join__type')
    .filter((join) => textOf(join, 'key') !== undefined && argumentOf(join, 'resolvable') !== false)
    .map((join) => textOf(join, 'graph'));
  return new Set(graphs).size > 1;
}

function graphNames(document: DocumentNode): ReadonlyMap<string, string> {
  const graphs = document.definitions.find(
    (node) => node.kind === Kind.ENUM_TYPE_DEFINITION && node.name.value === 'join__Graph',
  );
  const values = graphs?.kind === Kind.ENUM_TYPE_DEFINITION ? (graphs.values ?? []) : [];
  return new Map(
    values.map((value) => [value.name.value, textOf(directiveOn(value, 'join__graph'), 'name') ?? '']),
  );
}

function accessOfTypes(document: DocumentNode): (name: string) => Access {
  const types = new Map([...typesOf(document)].map(([name, type]) => [name, accessOf(type)]));
  return (name) => types.get(name) ?? open;
}
