import { print, type FieldDefinitionNode } from 'graphql';
import { ownDefinitions } from '../contract.ts';
import { problemAt, type Problem } from '../problem.ts';
import { isObject, namedType, nullableType } from '../sdl.ts';
import { allFields, fieldProblem, type Rule } from './rule.ts';

/** A connection is as Relay's specification has it: edges with cursor and node, and a PageInfo. */
export const connectionShape: Rule = ({ contracts }) =>
  contracts.flatMap((contract) =>
    ownDefinitions(contract)
      .filter(isObject)
      .flatMap((type): readonly Problem[] => {
        const name = type.name.value;
        const wanted = name.endsWith('Connection')
          ? connectionFields(name.slice(0, -'Connection'.length))
          : name.endsWith('Edge')
            ? edgeFields
            : [];
        const missing = wanted.filter(
          ({ pattern }) => !(type.fields ?? []).some((field) => pattern.test(line(field))),
        );
        if (missing.length === 0) return [];
        const message = `It lacks ${missing.map(({ text }) => text).join(' and ')}; add what Relay's connections have.`;
        return [problemAt(type, { coordinate: name, code: 'CONNECTION_SHAPE', message })];
      }),
  );

/** A connection is asked for page by page, with a page size that has a default. */
export const connectionArguments: Rule = (subject) =>
  allFields(subject)
    .filter(({ field }) => namedType(field.type).endsWith('Connection'))
    .filter(({ field }) => !hasFirst(field) || !hasAfter(field))
    .map((site) =>
      fieldProblem(
        site,
        'CONNECTION_ARGUMENTS',
        'A connection takes `first: Int = 20` and `after: String`, so that no answer is unbounded; add them.',
      ),
    );

interface Wanted {
  readonly pattern: RegExp;
  readonly text: string;
}

const edgeFields: readonly Wanted[] = [
  { pattern: /^cursor: String!$/, text: '`cursor: String!`' },
  { pattern: /^node: \w+!?$/, text: '`node`' },
];

function connectionFields(item: string): readonly Wanted[] {
  return [
    { pattern: new RegExp(`^edges: \\[${item}Edge!\\]!$`), text: `\`edges: [${item}Edge!]!\`` },
    { pattern: /^pageInfo: PageInfo!$/, text: '`pageInfo: PageInfo!`' },
  ];
}

function line(field: FieldDefinitionNode): string {
  return `${field.name.value}: ${print(field.type)}`;
}

function hasFirst(field: FieldDefinitionNode): boolean {
  return (field.arguments ?? []).some(
    ({ name, type, defaultValue }) =>
      name.value === 'first' && nullableType(type) === 'Int' && defaultValue !== undefined,
  );
}

function hasAfter(field: FieldDefinitionNode): boolean {
  return (field.arguments ?? []).some(
    ({ name, type }) => name.value === 'after' && nullableType(type) === 'String',
  );
}
