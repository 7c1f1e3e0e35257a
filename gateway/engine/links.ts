import { Kind, type ConstValueNode, type DocumentNode } from 'graphql';

/** A specification that a schema links. */
export interface Link {
  /** As its URL names it, e.g. `join`. */
  readonly specification: string | undefined;
  /** Its name in this schema. */
  readonly name: string | undefined;
  /** What is imported: the specification's names, of directives with `@`, to the names in this schema. */
  readonly imports: ReadonlyMap<string, string>;
}

/** The `@link`s of a supergraph. */
export function linksOf(document: DocumentNode): readonly Link[] {
  return document.definitions.flatMap((node) => {
    if (node.kind !== Kind.SCHEMA_DEFINITION && node.kind !== Kind.SCHEMA_EXTENSION) return [];
    const links = node.directives?.filter((directive) => directive.name.value === 'link') ?? [];
    return links.map((link) => {
      const values = new Map(link.arguments?.map((argument) => [argument.name.value, argument.value]));
      const [url, as, imported] = [values.get('url'), values.get('as'), values.get('import')];
      const specification = url?.kind === Kind.STRING ? specificationOf(url.value) : undefined;
      return {
        specification,
        name: as?.kind === Kind.STRING ? as.value : specification,
        imports: new Map((imported?.kind === Kind.LIST ? imported.values : []).flatMap(importOf)),
      };
    });
  });
}

/** The name that a schema has for a specification's directive; both without `@`. */
export function localName(link: Link, directive: string): string {
  const imported = link.imports.get(`@${directive}`)?.slice(1);
  if (imported !== undefined) return imported;
  // A directive that is called like its specification needs no prefix.
  return directive === link.specification ? String(link.name) : `${String(link.name)}__${directive}`;
}

/** `https://specs.apollo.dev/join/v0.5` is `join`. */
function specificationOf(url: string): string | undefined {
  const parts = url.split('/').filter((part) => part !== '');
  const last = parts.at(-1);
  return last !== undefined && /^v\d+\.\d+$/.test(last) ? parts.at(-2) : last;
}

/** A name, or `{ name, as }`. */
function importOf(node: ConstValueNode): readonly (readonly [string, string])[] {
  if (node.kind === Kind.STRING) return [[node.value, node.value]];
  if (node.kind !== Kind.OBJECT) return [];
  const fields = new Map(node.fields.map((field) => [field.name.value, field.value]));
  const [name, as] = [fields.get('name'), fields.get('as')];
  if (name?.kind !== Kind.STRING) return [];
  return [[name.value, as?.kind === Kind.STRING ? as.value : name.value]];
}
