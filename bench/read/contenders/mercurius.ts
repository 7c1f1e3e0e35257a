import fastify from 'fastify';
import {
  Kind,
  parse,
  print,
  visit,
  type DefinitionNode,
  type FieldDefinitionNode,
  type ObjectTypeDefinitionNode,
} from 'graphql';
import type { RequestListener } from 'node:http';
import { registerHooks } from 'node:module';
import { participantDefinitions } from '../../../schema/contract.ts';
import { contractOf } from '../../../schema/load.ts';
import { subgraphNames, type SubgraphName } from '../memory.ts';
import type { UrlOf } from '../supergraph.ts';

/** mercurius's gateway, with each operation compiled at its first request. */
export async function mercuriusGateway(urlOf: UrlOf): Promise<RequestListener> {
  mend();
  const { default: gateway } = await import('@mercuriusjs/gateway');
  const app = fastify({ logger: false });
  await app.register(
    gateway as never,
    {
      jit: 1,
      graphiql: false,
      gateway: {
        services: subgraphNames.map((name) => ({
          name,
          url: urlOf(name),
          schema: federationOne(name),
          mandatory: true,
          keepAlive: true,
          connections: 64,
        })),
      },
    } as never,
  );
  await app.ready();
  return (request, response) => app.routing(request, response);
}

/** Its gateway builds documents with a type where the name of a type belongs, which graphql 16.15 does not print. */
function mend(): void {
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context);
      if (!url.endsWith('/lib/gateway/make-resolver.js')) return loaded;
      const source = String(loaded.source).replace('value: returnType', 'value: String(returnType)');
      return { ...loaded, source };
    },
  });
}

const understood = new Set(['key', 'external']);

/** A contract without what Federation 1 does not know: entities belong to `identity`, and the others extend them. */
function federationOne(name: SubgraphName): string {
  const contract = contractOf(name);
  // It would publish the operations of participants, which it cannot hide.
  const internal = new Set(participantDefinitions(contract));
  const owned = name === 'identity' ? new Map<string, never>() : entitiesOf('identity');
  const kept = contract.document.definitions
    .filter((node) => !internal.has(node))
    .filter(({ kind }) => kind !== Kind.DIRECTIVE_DEFINITION && kind !== Kind.SCHEMA_EXTENSION)
    .filter((node) => name === 'identity' || !isListOfCustomers(node))
    .map((node) => extended(node, owned));
  return print(
    visit(
      { kind: Kind.DOCUMENT, definitions: kept },
      {
        // It asks nobody for an enumeration that another subgraph adds to an entity; for a scalar it does.
        EnumTypeDefinition: ({ name }) => ({ kind: Kind.SCALAR_TYPE_DEFINITION, name }),
        Directive: (node) => (understood.has(node.name.value) ? undefined : null),
        StringValue: (node, key) => (key === 'description' ? null : node),
      },
    ),
  );
}

function entitiesOf(name: SubgraphName): ReadonlyMap<string, readonly string[]> {
  const { definitions } = parse(contractOf(name).sdl, { noLocation: true });
  return new Map(
    definitions
      .filter((node): node is ObjectTypeDefinitionNode => node.kind === Kind.OBJECT_TYPE_DEFINITION)
      .filter(isEntity)
      .map((node) => [node.name.value, (node.fields ?? []).map((field) => field.name.value)]),
  );
}

const isEntity = ({ directives }: ObjectTypeDefinitionNode): boolean =>
  directives?.some((directive) => directive.name.value === 'key') ?? false;

/** Two subgraphs define the list's types: mercurius then does not know whom to ask for the list. */
const isListOfCustomers = (node: DefinitionNode): boolean =>
  'name' in node && (node.name?.value === 'CustomerConnection' || node.name?.value === 'CustomerEdge');

/** `@key` names one field in all of our contracts; what else both define is left to the owner. */
function extended(node: DefinitionNode, owned: ReadonlyMap<string, readonly string[]>): DefinitionNode {
  if (node.kind !== Kind.OBJECT_TYPE_DEFINITION) return node;
  const others = owned.get(node.name.value);
  if (!others) return node;
  const { description: _, ...rest } = node;
  const keyFields = new Set(
    (node.directives ?? [])
      .filter((directive) => directive.name.value === 'key')
      .flatMap((directive) => directive.arguments ?? [])
      .map(({ value }) => (value.kind === Kind.STRING ? value.value : '')),
  );
  const external = { kind: Kind.DIRECTIVE, name: { kind: Kind.NAME, value: 'external' } } as const;
  const fields = (node.fields ?? []).flatMap((field): FieldDefinitionNode[] => {
    if (keyFields.has(field.name.value)) return [{ ...field, directives: [external] }];
    return others.includes(field.name.value) || field.name.value === 'children' ? [] : [field];
  });
  return { ...rest, kind: Kind.OBJECT_TYPE_EXTENSION, interfaces: [], fields };
}
