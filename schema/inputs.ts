import { Kind, parse, print, type FieldDefinitionNode, type TypeNode } from 'graphql';
import type { Contract } from './contract.ts';
import { entitiesOf } from './entities.ts';
import { writingOf } from './governance.ts';
import { isGiven, isObject, keysOf, namedType, nodeTypeOf, typesOf } from './sdl.ts';

/**
 * The input types of a governed write, derived from the contracts: for each entity one `<Entity>ChangesInput` with every
 * governed attribute by its own name. Absent means unchanged, null means clear. An object becomes an input of the same
 * shape, without what its owner derives from the rest (\`@tag(name: "derived")\`); another entity becomes its key, and a
 * connection the list of all its nodes.
 * The enums in use come with them, so that a contract can take the text as it is; empty where nothing is governed.
 */
export function changesInputs(contracts: readonly Contract[]): string {
  const types = new Map<string, string>();
  for (const { name, attributes } of entitiesOf(contracts).values()) {
    const governed = [...attributes.values()].flatMap((sites) =>
      sites.filter(({ field }) => writingOf(field) !== undefined),
    );
    const fields = governed.map(({ contract, field }) => {
      const type = inputType(contract, field.type, types);
      return member(field, type.replace(/!$/, ''));
    });
    if (fields.length === 0) continue;
    const description = `Changes of a ${name}: an absent attribute stays as it is, null clears it.`;
    types.set(`${name}ChangesInput`, inputObject(description, `${name}ChangesInput`, fields));
  }
  return [...types]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, text]) => print(parse(text)))
    .join('\n\n');
}

/** The type, in SDL, in which a value of an output type is given; collects what it needs in `types`. */
function inputType(contract: Contract, type: TypeNode, types: Map<string, string>): string {
  if (type.kind === Kind.NON_NULL_TYPE) return `${inputType(contract, type.type, types)}!`;
  if (type.kind === Kind.LIST_TYPE) return `[${inputType(contract, type.type, types)}]`;
  const name = namedType(type);
  const known = typesOf(contract.document);
  const node = nodeTypeOf(known, type);
  if (node) return `[${inputType(contract, node, types).replace(/!$/, '')}!]`;
  const definition = known.get(name);
  if (definition?.kind === Kind.ENUM_TYPE_DEFINITION && definition.loc?.source.name === contract.file) {
    types.set(name, print(definition));
  }
  if (!definition || !isObject(definition)) return name;
  const [key] = keysOf(definition);
  const fields = (definition.fields ?? []).filter((field) =>
    key ? key.includes(field.name.value) : isGiven(field),
  );
  const [only] = fields;
  if (key?.length === 1 && only) return inputType(contract, only.type, types).replace(/!$/, '');
  const input = `${name}${key ? 'Key' : ''}Input`;
  if (!types.has(input)) {
    types.set(input, '');
    const members = fields.map((field) => member(field, inputType(contract, field.type, types)));
    types.set(input, inputObject(definition.description?.value ?? '', input, members));
  }
  return input;
}

function member({ description, name }: FieldDefinitionNode, type: string): string {
  return `${quoted(description?.value ?? '')}\n${name.value}: ${type}`;
}

function inputObject(description: string, name: string, members: readonly string[]): string {
  return `${quoted(description)}\ninput ${name} {\n${members.join('\n')}\n}`;
}

function quoted(description: string): string {
  return print({ kind: Kind.STRING, value: description, block: true });
}
