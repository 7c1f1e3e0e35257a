import {
  Kind,
  specifiedDirectives,
  visit,
  type ConstDirectiveNode,
  type ConstValueNode,
  type DefinitionNode,
  type DirectiveDefinitionNode,
  type DocumentNode,
} from 'graphql';

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

/** Reads the `@link`s of the schema: which names belong to specifications, not to the graph. */
function linkedMachinery(supergraph: DocumentNode): Machinery {
  const prefixes = new Set(['join', 'link', 'federation']);
  const directives = new Set<string>();
  let inaccessible = 'inaccessible';
  for (const node of supergraph.definitions) {
    if (node.kind !== Kind.SCHEMA_DEFINITION && node.kind !== Kind.SCHEMA_EXTENSION) continue;
    for (const link of node.directives ?? []) {
      if (link.name.value !== 'link') continue;
      const values = new Map(link.arguments?.map((argument) => [argument.name.value, argument.value]));
      const url = values.get('url');
      const as = values.get('as');
      const imports = values.get('import');
      const own = url?.kind === Kind.STRING ? specification(url.value) : undefined;
      const name = as?.kind === Kind.STRING ? as.value : own;
      if (name !== undefined) prefixes.add(name);
      if (own === 'inaccessible' && name !== undefined) inaccessible = name;
      for (const imported of imports?.kind === Kind.LIST ? imports.values : []) {
        const local = importedName(imported);
        if (local?.startsWith('@')) directives.add(local.slice(1));
      }
    }
  }
  return { prefixes, directives, inaccessible };
}

/** `https://specs.apollo.dev/join/v0.5` is `join`. */
function specification(url: string): string | undefined {
  const parts = url.split('/').filter((part) => part !== '');
  const last = parts.at(-1);
  return last !== undefined && /^v\d+\.\d+$/.test(last) ? parts.at(-2) : last;
}

/** A name, or `{ name, as }`. */
function importedName(node: ConstValueNode): string | undefined {
  if (node.kind === Kind.STRING) return node.value;
  if (node.kind !== Kind.OBJECT) return undefined;
  const fields = new Map(node.fields.map((field) => [field.name.value, field.value]));
  const name = fields.get('as') ?? fields.get('name');
  return name?.kind === Kind.STRING ? name.value : undefined;
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
