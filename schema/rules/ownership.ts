import { problemAt } from '../problem.ts';
import { directiveOn, textOf } from '../sdl.ts';
import type { Site } from '../entities.ts';
import { allFields, attributeSites, coordinateOf, fieldProblem, systemNames, type Rule } from './rule.ts';

/** Every attribute of an entity names the one system that owns it. */
export const attributeWithoutOwner: Rule = ({ entities }) =>
  [...entities.values()].flatMap(({ attributes }) =>
    [...attributes.values()].flatMap(([first, ...others]) =>
      !first || [first, ...others].some((site) => ownerOf(site) !== undefined)
        ? []
        : [
            fieldProblem(
              first,
              'ATTRIBUTE_WITHOUT_OWNER',
              `Nobody owns it; add @owner(system: ${first.contract.system}) or the system that does own it.`,
            ),
          ],
    ),
  );

/** All contracts that define an attribute name the same owner. */
export const attributeWithTwoOwners: Rule = ({ entities }) =>
  [...entities.values()].flatMap(({ attributes }) =>
    [...attributes.values()].flatMap((sites) => {
      const [first, ...others] = sites.filter((site) => ownerOf(site) !== undefined);
      return others
        .filter((site) => ownerOf(site) !== (first && ownerOf(first)))
        .map((site) =>
          fieldProblem(
            site,
            'ATTRIBUTE_WITH_TWO_OWNERS',
            `${first?.contract.file ?? ''} names another owner; an attribute has one owner, keep one of the two.`,
          ),
        );
    }),
  );

/** An owner is a system that has a contract. */
export const ownerUnknown: Rule = (subject) => {
  const known = systemNames(subject);
  return allFields(subject).flatMap((site) => {
    const owner = ownerOf(site);
    if (owner === undefined || known.has(owner)) return [];
    return [
      fieldProblem(site, 'OWNER_UNKNOWN', `No contract is of a system ${owner}; use one of ${list(known)}.`),
    ];
  });
};

/** The owner's own contract defines the attribute, so that it can be read where it is written. */
export const ownerDoesNotResolve: Rule = (subject) => {
  const known = systemNames(subject);
  return attributeSites(subject).flatMap((site) => {
    const owner = ownerOf(site);
    if (owner === undefined || !known.has(owner)) return [];
    const sites = site.entity.attributes.get(site.field.name.value) ?? [];
    if (sites.some(({ contract }) => contract.system === owner)) return [];
    return [
      fieldProblem(
        site,
        'OWNER_DOES_NOT_RESOLVE',
        `${owner} is said to own it, but the contract of ${owner} does not define it; move the field there or name the owner that resolves it.`,
      ),
    ];
  });
};

/** Only attributes of entities are owned and governed: anything inside them follows the attribute. */
export const ownerOutsideEntity: Rule = (subject) =>
  allFields(subject).flatMap((site) => {
    const used = directiveOn(site.field, 'owner') ?? directiveOn(site.field, 'governed');
    if (!used || subject.entities.has(site.type.name.value)) return [];
    return [
      problemAt(used, {
        coordinate: coordinateOf(site),
        code: 'OWNER_OUTSIDE_ENTITY',
        message: `@${used.name.value} belongs on an attribute of an entity, and ${site.type.name.value} is none; put it on the attribute that leads here.`,
      }),
    ];
  });

function ownerOf({ field }: Pick<Site, 'field'>): string | undefined {
  return textOf(directiveOn(field, 'owner'), 'system');
}

function list(names: ReadonlySet<string>): string {
  return [...names].join(', ');
}
