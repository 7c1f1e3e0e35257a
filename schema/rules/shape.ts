import { Kind, print } from 'graphql';
import { directiveOn, isListType, namedType } from '../sdl.ts';
import { allFields, attributeSites, fieldProblem, kindOf, type Rule } from './rule.ts';

/** An attribute of a system of record may be null: the system can be down, and the rest must still arrive. */
export const attributeNotNullable: Rule = (subject) =>
  attributeSites(subject)
    .filter(({ contract, entity, field }) => contract.ofRecord && !entity.keys.has(field.name.value))
    .filter(({ field }) => field.type.kind === Kind.NON_NULL_TYPE)
    .map((site) =>
      fieldProblem(
        site,
        'ATTRIBUTE_NOT_NULLABLE',
        `When ${site.contract.system} is down, ${print(site.field.type)} takes the whole ${site.entity.name} away; remove the outer "!".`,
      ),
    );

/** Items of a list are never null: a null item says nothing. */
export const listOfNulls: Rule = (subject) =>
  allFields(subject)
    .filter(({ field }) => /[^!]\]/.test(print(field.type)))
    .map((site) =>
      fieldProblem(
        site,
        'LIST_OF_NULLS',
        'Its items may be null; write the item type with "!", e.g. [Item!].',
      ),
    );

/** Amounts are decimal strings with a currency; a float loses cents, and on an entity nothing is measured in floats. */
export const moneyAsFloat: Rule = (subject) =>
  allFields(subject)
    .filter(({ field }) => namedType(field.type) === 'Float')
    .filter(({ type, field }) => subject.entities.has(type.name.value) || moneyWords.test(field.name.value))
    .map((site) =>
      fieldProblem(site, 'MONEY_AS_FLOAT', 'A float cannot hold an exact amount; use Money or Decimal.'),
    );

/** Instants and days have scalars of their own. */
export const timeAsText: Rule = (subject) =>
  allFields(subject)
    .filter(({ field }) => /(?:[a-z]At|[a-z]On|Date|Time)$/.test(field.name.value))
    .filter(({ field }) => ['String', 'Int', 'Float'].includes(namedType(field.type)))
    .map((site) =>
      fieldProblem(
        site,
        'TIME_AS_TEXT',
        'By its name it is a time; use DateTime for an instant, Date for a day.',
      ),
    );

/** Query, Mutation and Subscription are the entrances; a type of such a name would become one. */
export const rootTypeAsValue: Rule = (subject) =>
  allFields(subject)
    .filter(({ field }) => ['Query', 'Mutation', 'Subscription'].includes(namedType(field.type)))
    .map((site) =>
      fieldProblem(
        site,
        'ROOT_TYPE_AS_VALUE',
        `GraphQL takes a type named ${namedType(site.field.type)} for the root of operations; give the type a name of its own.`,
      ),
    );

/**
 * A list of objects on an entity is a connection, page by page. One that is short by nature says how long it may get
 * with federation's own `@listSize(assumedSize:)`, by which a gateway also counts the cost of a query.
 */
export const listNotConnection: Rule = (subject) =>
  attributeSites(subject)
    .filter(({ field }) => isListType(field.type) && directiveOn(field, 'listSize') === undefined)
    .filter(({ contract, field }) => selectable.has(kindOf(contract, namedType(field.type))))
    .map((site) =>
      fieldProblem(
        site,
        'LIST_NOT_CONNECTION',
        'A list of objects is a connection; where it is short by nature, say how long it may get with @listSize(assumedSize: …).',
      ),
    );

const moneyWords = /(?:amount|balance|price|total|cost|fee|limit|credit|revenue|turnover|tax|due)/i;
const selectable = new Set([
  Kind.OBJECT_TYPE_DEFINITION,
  Kind.INTERFACE_TYPE_DEFINITION,
  Kind.UNION_TYPE_DEFINITION,
]);
