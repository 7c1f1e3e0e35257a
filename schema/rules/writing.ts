import { Kind, print } from 'graphql';
import { writingOf, type Writing } from '../governance.ts';
import type { Problem } from '../problem.ts';
import { argumentOf, directiveOn, namedType, nodeTypeOf, nullableType, textOf, typesOf } from '../sdl.ts';
import {
  allFields,
  attributeSites,
  coordinateOf,
  fieldProblem,
  kindOf,
  systemNames,
  type FieldOfType,
  type Rule,
  type Subject,
} from './rule.ts';

interface GovernedField extends FieldOfType {
  readonly writing: Writing;
}

/** A governed attribute names who may write it; an approval names who may approve. */
export const governedWithoutScope: Rule = (subject) =>
  governedFields(subject).flatMap((site): readonly Problem[] => {
    const approve = argumentOf(directiveOn(site.field, 'governed'), 'approve');
    const missing = site.writing.scopes.length === 0 ? 'write' : 'approve';
    if (missing === 'approve' && (approve === undefined || site.writing.approve.length > 0)) return [];
    return [
      fieldProblem(
        site,
        'GOVERNED_WITHOUT_SCOPE',
        `@governed(${missing}:) is empty, which would let everybody ${missing} it; name at least one scope.`,
      ),
    ];
  });

/** What can be written can be read: a receipt shows the value. */
export const governedNotReadable: Rule = (subject) =>
  governedFields(subject)
    .filter(({ field }) => directiveOn(field, 'inaccessible'))
    .map((site) =>
      fieldProblem(
        site,
        'GOVERNED_NOT_READABLE',
        'It is governed but @inaccessible, so that nobody could read what was written; take one of the two away.',
      ),
    );

/** The type of a governed attribute has a counterpart among the input types. */
export const governedNotAnInput: Rule = (subject) =>
  governedFields(subject).flatMap((site) => {
    // A connection is written as the list of all its nodes: its arguments only choose what is shown.
    const node = nodeTypeOf(typesOf(site.contract.document), site.field.type);
    const kind = kindOf(site.contract, namedType(node ?? site.field.type));
    const abstract = kind === Kind.INTERFACE_TYPE_DEFINITION || kind === Kind.UNION_TYPE_DEFINITION;
    const parameterised = !node && (site.field.arguments ?? []).length > 0;
    if (!abstract && !parameterised) return [];
    return [
      fieldProblem(
        site,
        'GOVERNED_NOT_AN_INPUT',
        'An interface, a union or a field with arguments cannot be written as one value; take @governed away or give the attribute an object type.',
      ),
    ];
  });

/** The key of an entity never changes. */
export const governedKey: Rule = (subject) =>
  attributeSites(subject)
    .filter(({ entity, field }) => entity.keys.has(field.name.value) && writingOf(field) !== undefined)
    .map((site) =>
      fieldProblem(
        site,
        'GOVERNED_KEY',
        'It is part of a key, and a key never changes; take @governed away.',
      ),
    );

/** A copy is kept in a system of record that has a contract. */
export const copyTargetUnknown: Rule = (subject) => {
  const known = systemNames(subject);
  return copies(subject)
    .filter(({ target }) => !known.has(target))
    .map(({ target, ...site }) =>
      fieldProblem(
        site,
        'COPY_TARGET_UNKNOWN',
        `No contract is of a system ${target}; correct or remove it in copiedTo.`,
      ),
    );
};

/** The owner's value is the original, not a copy. */
export const copyToOwner: Rule = (subject) =>
  copies(subject)
    .filter(({ field, target }) => textOf(directiveOn(field, 'owner'), 'system') === target)
    .map(({ target, ...site }) =>
      fieldProblem(site, 'COPY_TO_OWNER', `${target} owns the value; remove it from copiedTo.`),
    );

/** Where the system that keeps a copy declares the attribute too, it is of the same type. */
export const copyTypeDiffers: Rule = (subject) =>
  copies(subject).flatMap(({ target, ...site }) =>
    allFields(subject)
      .filter((copy) => copy.contract.system === target && coordinateOf(copy) === coordinateOf(site))
      .filter((copy) => nullableType(copy.field.type) !== nullableType(site.field.type))
      .map((copy) =>
        fieldProblem(
          copy,
          'COPY_TYPE_DIFFERS',
          `It is a copy of ${print(site.field.type)} in ${site.contract.file} but is declared as ${print(copy.field.type)}; give both the same type.`,
        ),
      ),
  );

function governedFields(subject: Subject): readonly GovernedField[] {
  return allFields(subject).flatMap((site) => {
    const writing = writingOf(site.field);
    return writing && subject.entities.has(site.type.name.value) ? [{ ...site, writing }] : [];
  });
}

function copies(subject: Subject): readonly (FieldOfType & { readonly target: string })[] {
  return governedFields(subject).flatMap(({ writing, ...site }) =>
    writing.copiedTo.map((target) => ({ ...site, target })),
  );
}
