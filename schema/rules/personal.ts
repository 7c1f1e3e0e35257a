import { Kind, print } from 'graphql';
import { personalOf, type Personal } from '../personal.ts';
import { isListType, namedType } from '../sdl.ts';
import { allFields, fieldProblem, kindOf, type FieldOfType, type Rule, type Subject } from './rule.ts';

/** Personal data names who sees it whole. */
export const personalWithoutReveal: Rule = (subject) =>
  personalFields(subject)
    .filter(({ personal }) => personal.reveal.length === 0)
    .map((site) =>
      fieldProblem(
        site,
        'PERSONAL_WITHOUT_REVEAL',
        '@personal(reveal:) is empty, so that everybody would see it whole; name at least one scope.',
      ),
    );

/** A mask gives what the field may be: null where it is nullable, otherwise a text. */
export const personalMaskUnsuited: Rule = (subject) =>
  personalFields(subject).flatMap((site) => {
    const problem = unsuited(site);
    return problem === undefined ? [] : [fieldProblem(site, 'PERSONAL_MASK_UNSUITED', problem)];
  });

/** An entrance is refused or not; personal is what is found behind it. */
export const personalEntrance: Rule = (subject) =>
  personalFields(subject)
    .filter(({ type }) => roots.has(type.name.value))
    .map((site) =>
      fieldProblem(
        site,
        'PERSONAL_ENTRANCE',
        '@personal belongs on what is found behind an entrance, which itself has @requiresScopes or @policy.',
      ),
    );

const roots = new Set(['Query', 'Mutation', 'Subscription']);

function unsuited({ contract, field, personal }: PersonalField): string | undefined {
  if (personal.mask === 'NULL') {
    if (field.type.kind !== Kind.NON_NULL_TYPE) return undefined;
    return `Masked it is null, which ${print(field.type)} is never; choose another mask or remove the outer "!".`;
  }
  const name = namedType(field.type);
  const text = kindOf(contract, name) === Kind.SCALAR_TYPE_DEFINITION && !noText.has(name);
  if (text && !isListType(field.type)) return undefined;
  return `${personal.mask} makes a text, and ${print(field.type)} is none; use the mask NULL.`;
}

const noText = new Set(['Int', 'Float', 'Boolean', 'DateTime', 'Date', 'Decimal']);

interface PersonalField extends FieldOfType {
  readonly personal: Personal;
}

function personalFields(subject: Subject): readonly PersonalField[] {
  return allFields(subject).flatMap((site) => {
    const personal = personalOf(site.field);
    return personal ? [{ ...site, personal }] : [];
  });
}
