import { accessOf } from '../governance.ts';
import { isOpen } from '../access.ts';
import { directivesOn, isComposite, namedType, textSetsOf } from '../sdl.ts';
import { ownDefinitions } from '../contract.ts';
import { allFields, attributeSites, fieldProblem, type Rule, type Subject } from './rule.ts';

/** Every attribute says who may read it: nothing is readable because somebody forgot. */
export const attributeWithoutReadPolicy: Rule = (subject) => {
  const guarded = guardedTypes(subject);
  return attributeSites(subject)
    .filter(({ type, field }) => !guarded.has(type.name.value) && isOpen(accessOf(field)))
    .map((site) =>
      fieldProblem(
        site,
        'ATTRIBUTE_WITHOUT_READ_POLICY',
        'Anybody could read it; add @requiresScopes(scopes: [["…"]]), @policy or, where every known caller may, @authenticated.',
      ),
    );
};

/** Every entrance says who may use it. */
export const rootFieldWithoutPolicy: Rule = (subject) => {
  const values = new Set(allFields(subject).map(({ field }) => namedType(field.type)));
  return allFields(subject)
    .filter(({ type }) => rootTypes.has(type.name.value) && !values.has(type.name.value))
    .filter(({ field }) => isOpen(accessOf(field)) && directivesOn(field, 'inaccessible').length === 0)
    .map((site) =>
      fieldProblem(
        site,
        'ROOT_FIELD_WITHOUT_POLICY',
        'Anybody could call it; add @authenticated, @requiresScopes or @policy.',
      ),
    );
};

/** A list of scopes or policies that nothing has to satisfy protects nothing. */
export const emptyReadPolicy: Rule = (subject) =>
  allFields(subject).flatMap((site) =>
    [
      ...directivesOn(site.field, 'requiresScopes').map((use) => ({ use, sets: textSetsOf(use, 'scopes') })),
      ...directivesOn(site.field, 'policy').map((use) => ({ use, sets: textSetsOf(use, 'policies') })),
    ]
      .filter(({ sets }) => sets.length === 0 || sets.some((set) => set.length === 0))
      .map(({ use }) =>
        fieldProblem(
          site,
          'EMPTY_READ_POLICY',
          `@${use.name.value} holds an empty list, which everybody satisfies; name what is needed or use @authenticated.`,
        ),
      ),
  );

const rootTypes = new Set(['Query', 'Mutation', 'Subscription']);

function guardedTypes({ contracts }: Subject): ReadonlySet<string> {
  const types = contracts.flatMap((contract) => ownDefinitions(contract).filter(isComposite));
  return new Set(types.filter((type) => !isOpen(accessOf(type))).map((type) => type.name.value));
}
