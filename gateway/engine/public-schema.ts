import {
  Kind,
  specifiedDirectives,
  visit,
  type ConstDirectiveNode,
  type DefinitionNode,
  type DirectiveDefinitionNode,
  type DocumentNode,
} from 'graphql';
import { linksOf } from './links.ts';

const executable = new Set([
  'QUERY',
  'MUTATION',
  'SUBSCRIPTION',
  'FIELD',
  'FRAGMENT_DEFINITION',
  'FRAGMENT_SPREAD',
  'INLINE_FRAGMENT',
  'VARIABLE_DEFINITION',
]);

const builtIn = new Set(specifiedDirectives.map((directive) => directive.name));

/** Definitions of a supergraph without the machinery of the specifications that it links. */
export interface Visible {
  /** What clients may see: without anything `@inaccessible`. */
  readonly definitions: readonly DefinitionNode[];
  readonly all: readonly DefinitionNode[];
  /** Name of the directive that hides from clients. */
  readonly inaccessible: string;
}

/** Leaves out machinery, directives that only concern composition, and for clients what is hidden from them. */
export function visibleDefinitions(supergraph: DocumentNode): Visible {
  const machinery = linkedMachinery(supergraph);
  return {
    definitions: without(supergraph, machinery, hiddenTypes(supergraph, machinery, true), true),
    all: without(supergraph, machinery, hiddenTypes(supergraph, machinery, false), false),
    inaccessible: machinery.inaccessible,
  };
}

function without(
  supergraph: DocumentNode,
  machinery: Machinery,
  hidden: ReadonlySet<string>,
  forClients: boolean,
): readonly DefinitionNode[] {
  const unlessHidden = (node: {
    readonly directives?: readonly ConstDirectiveNode[] | undefined;
  }): null | undefined =>
    forClients && node.directives?.some((directive) => directive.name.value === machinery.inaccessible)
      ? null
      : undefined;
  const definitions = supergraph.definitions.filter((node) => !isMachinery(node, machinery, hidden));
  const kept = new Set([...builtIn, ...definitions.filter(isDirective).map((node) => node.name.value)]);
  const document: DocumentNode = { kind: Kind.DOCUMENT, definitions };
  const visible: DocumentNode = visit(document, {
    FieldDefinition: { enter: unlessHidden },
    InputValueDefinition: { enter: unlessHidden },
    EnumValueDefinition: { enter: unlessHidden },
    OperationTypeDefinition: { enter: (node) => (hidden.has(node.type.name.value) ? null : undefined) },
    // Only names in `implements` and in unions can still point at a hidden type: composition refuses the rest.
    NamedType: { enter: (node) => (hidden.has(node.name.value) ? null : undefined) },
    Directive: { enter: (node) => (kept.has(node.name.value) ? undefined : null) },
  });
  return visible.definitions;
}

interface Machinery {
  /** Local names of the linked specifications, e.g. `join`. */
  readonly prefixes: ReadonlySet<string>;
  /** Directives that they define under a name of their own. */
  readonly directives: ReadonlySet<string>;
  readonly inaccessible: string;
}

/** Which names belong to linked specifications, not to the graph. */
function linkedMachinery(supergraph: DocumentNode): Machinery {
  const prefixes = new Set(['join', 'link', 'federation']);
  const directives = new Set<string>();
  let inaccessible = 'inaccessible';
  for (const { specification, name, imports } of linksOf(supergraph)) {
    if (name !== undefined) prefixes.add(name);
    if (specification === 'inaccessible' && name !== undefined) inaccessible = name;
    for (const local of imports.values()) if (local.startsWith('@')) directives.add(local.slice(1));
  }
  return { prefixes, directives, inaccessible };
}

function isDirective(node: DefinitionNode): node is DirectiveDefinitionNode {
  return node.kind === Kind.DIRECTIVE_DEFINITION;
}

function isMachinery(node: DefinitionNode, machinery: Machinery, hidden: ReadonlySet<string>): boolean {
  if (isDirective(node)) {
    const name = node.name.value;
    if (machinery.prefixes.has(name) || machinery.directives.has(name) || prefixed(name, machinery))
      return true;
    return !node.locations.some((location) => executable.has(location.value));
  }
  return 'name' in node && hidden.has(node.name.value);
}

function prefixed(name: string, machinery: Machinery): boolean {
  const end = name.indexOf('__');
  return end > 0 && machinery.prefixes.has(name.slice(0, end));
}

function hiddenTypes(
  supergraph: DocumentNode,
  machinery: Machinery,
  forClients: boolean,
): ReadonlySet<string> {
  const hidden = new Set<string>();
  for (const node of supergraph.definitions) {
    const name = isDirective(node) || !('name' in node) ? undefined : node.name.value;
    if (name === undefined) continue;
    const marks = 'directives' in node ? (node.directives ?? []) : [];
    const inaccessible =
      forClients && marks.some((directive) => directive.name.value === machinery.inaccessible);
    if (inaccessible || prefixed(name, machinery)) hidden.add(name);
  }
  return hidden;
}
