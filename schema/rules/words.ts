import { isTypeDefinitionNode, isTypeExtensionNode, type ASTNode } from 'graphql';
import { ownDefinitions, type Contract } from '../contract.ts';
import { problemAt, type Problem } from '../problem.ts';
import { deprecationOf, isEnum, isInput } from '../sdl.ts';
import { allFields, coordinateOf, fieldProblem, type Rule, type Subject } from './rule.ts';

interface Described {
  readonly coordinate: string;
  readonly node: ASTNode & { readonly description?: { readonly value: string } | undefined };
}

/** Each contract begins with a comment that says what it is; the sentence describes the system in the schema. */
export const contractWithoutIntroduction: Rule = ({ contracts }) =>
  contracts
    .filter(({ introduction }) => introduction === '')
    .map(({ file, system }) => ({
      file,
      line: 1,
      coordinate: `System.${system}`,
      code: 'CONTRACT_WITHOUT_INTRODUCTION',
      message: 'Begin the file with a comment that says in one sentence what this system is to the customer.',
    }));

/** Every attribute says what it means. */
export const attributeWithoutDescription: Rule = (subject) =>
  undescribed(fieldsOf(subject, true), 'ATTRIBUTE_WITHOUT_DESCRIPTION');

/** Every other field, and every field of an input, says what it means. */
export const fieldWithoutDescription: Rule = (subject) =>
  undescribed([...fieldsOf(subject, false), ...inputFields(subject.contracts)], 'FIELD_WITHOUT_DESCRIPTION');

/** Every type says what it stands for, in at least one contract; the roots of operations speak for themselves. */
export const typeWithoutDescription: Rule = ({ contracts }) =>
  undescribed(
    contracts
      .flatMap(ownDefinitions)
      .filter((node) => isTypeDefinitionNode(node) || isTypeExtensionNode(node))
      .filter(({ name }) => !['Query', 'Mutation', 'Subscription'].includes(name.value))
      .map((node) => ({ coordinate: node.name.value, node })),
    'TYPE_WITHOUT_DESCRIPTION',
  );

/** Every value of an enum says what it means. */
export const enumValueWithoutDescription: Rule = ({ contracts }) =>
  undescribed(enumValues(contracts), 'ENUM_VALUE_WITHOUT_DESCRIPTION');

/** Names are written as everywhere in GraphQL: `PascalCase` types, `camelCase` fields, `SCREAMING_CASE` values. */
export const nameCase: Rule = (subject) => {
  const types = subject.contracts
    .flatMap(ownDefinitions)
    .filter((node) => isTypeDefinitionNode(node))
    .map((node) => ({ coordinate: node.name.value, node }));
  const fields = [
    ...allFields(subject).map((site) => ({ coordinate: coordinateOf(site), node: site.field })),
    ...inputFields(subject.contracts),
  ];
  return [
    ...misnamed(types, /^[A-Z][A-Za-z0-9]*$/, 'a type is written in PascalCase'),
    ...misnamed(fields, /^[a-z][A-Za-z0-9]*$/, 'a field is written in camelCase'),
    ...misnamed(
      enumValues(subject.contracts),
      /^[A-Z][A-Z0-9_]*$/,
      'an enum value is written in SCREAMING_CASE',
    ),
  ];
};

/** Who deprecates a field says in backticks what to use instead, or that nothing replaces it. */
export const deprecatedWithoutReplacement: Rule = (subject) =>
  allFields(subject).flatMap((site) => {
    const reason = deprecationOf(site.field);
    if (reason === undefined || /`[^`]+`|nothing replaces/i.test(reason)) return [];
    return [
      fieldProblem(
        site,
        'DEPRECATED_WITHOUT_REPLACEMENT',
        'Say in the reason what to use instead, in backticks, or that nothing replaces it.',
      ),
    ];
  });

function undescribed(elements: readonly Described[], code: string): readonly Problem[] {
  return [...Map.groupBy(elements, ({ coordinate }) => coordinate)].flatMap(
    ([coordinate, [first, ...others]]) => {
      const described = [first, ...others].some((element) => element?.node.description?.value.trim());
      if (!first || described) return [];
      const message = 'It has no description; say in one sentence what it means, in a string above it.';
      return [problemAt(first.node, { coordinate, code, message })];
    },
  );
}

function misnamed(
  elements: readonly { readonly coordinate: string; readonly node: ASTNode }[],
  pattern: RegExp,
  rule: string,
): readonly Problem[] {
  return elements
    .filter(({ coordinate }) => !pattern.test(coordinate.slice(coordinate.indexOf('.') + 1)))
    .map(({ coordinate, node }) =>
      problemAt(node, { coordinate, code: 'NAME_CASE', message: `Rename it: ${rule}.` }),
    );
}

function fieldsOf(subject: Subject, ofEntities: boolean): readonly Described[] {
  return allFields(subject)
    .filter(({ type }) => subject.entities.has(type.name.value) === ofEntities)
    .map((site) => ({ coordinate: coordinateOf(site), node: site.field }));
}

function inputFields(contracts: readonly Contract[]): readonly Described[] {
  return contracts
    .flatMap(ownDefinitions)
    .filter(isInput)
    .flatMap((type) =>
      (type.fields ?? []).map((node) => ({ coordinate: `${type.name.value}.${node.name.value}`, node })),
    );
}

function enumValues(contracts: readonly Contract[]): readonly Described[] {
  return contracts
    .flatMap(ownDefinitions)
    .filter(isEnum)
    .flatMap((type) =>
      (type.values ?? []).map((node) => ({ coordinate: `${type.name.value}.${node.name.value}`, node })),
    );
}
