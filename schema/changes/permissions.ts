import { parse } from 'graphql';
import { allows, describeAccess, type Access } from '../access.ts';
import { accessOfFields, attributesOf, type Attribute, type Writing } from '../governance.ts';
import { readingsOf } from '../readings.ts';
import { change, compareNamed, type Change } from './change.ts';

/** Changes of who owns, who may read and who may write, between two supergraphs. */
export function permissionChanges(before: string, after: string): readonly Change[] {
  return [
    ...compareNamed(accessOfFields(before), accessOfFields(after), {
      removed: () => [],
      added: () => [],
      kept: readingChanges,
    }),
    ...compareNamed(personalFields(before), personalFields(after), {
      removed: () => [],
      added: () => [],
      kept: maskingChanges,
    }),
    ...compareNamed(byCoordinate(attributesOf(before)), byCoordinate(attributesOf(after)), {
      removed: () => [],
      added: () => [],
      kept: (coordinate, was, is) => [
        ...(was.owner === is.owner
          ? []
          : change(
              coordinate,
              'OWNER_CHANGED',
              'DANGEROUS',
              `${is.owner} owns it now, no longer ${was.owner}: writes go there.`,
            )),
        ...writingChanges(coordinate, was.write, is.write),
      ],
    }),
  ];
}

function readingChanges(coordinate: string, was: Access, is: Access): readonly Change[] {
  const message = `Readable by ${describeAccess(is)}, before by ${describeAccess(was)}.`;
  return [
    ...(allows(is, was) ? [] : change(coordinate, 'READ_NARROWED', 'BREAKING', message)),
    ...(allows(was, is) ? [] : change(coordinate, 'READ_WIDENED', 'DANGEROUS', message)),
  ];
}

/** Coordinates with what it takes to see each whole; nothing for what is not personal. */
function personalFields(supergraph: string): readonly (readonly [string, readonly string[]])[] {
  const readings = readingsOf(parse(supergraph));
  return [...accessOfFields(supergraph).keys()].map((coordinate) => [
    coordinate,
    readings.get(coordinate)?.personal?.reveal ?? [],
  ]);
}

function maskingChanges(
  coordinate: string,
  was: readonly string[],
  is: readonly string[],
): readonly Change[] {
  const [before, after] = [was, is].map((scopes) => scopes.join(' and ') || 'everybody who may read it');
  const message = `Shown whole to ${after}, before to ${before}.`;
  return [
    ...(includes(was, is) ? [] : change(coordinate, 'MASKED', 'BREAKING', message)),
    ...(includes(is, was) ? [] : change(coordinate, 'UNMASKED', 'DANGEROUS', message)),
  ];
}

function writingChanges(
  coordinate: string,
  was: Writing | undefined,
  is: Writing | undefined,
): readonly Change[] {
  if (!was) return is ? change(coordinate, 'WRITE_ADDED', 'SAFE', 'It can be written now.') : [];
  if (!is) return change(coordinate, 'WRITE_REMOVED', 'BREAKING', 'It can no longer be written.');
  const scopes = `Writing it needs ${is.scopes.join(' and ')}, before ${was.scopes.join(' and ')}.`;
  const approval = `Approval: ${is.approve.join(' and ') || 'none'}, before ${was.approve.join(' and ') || 'none'}.`;
  return [
    ...(includes(was.scopes, is.scopes) ? [] : change(coordinate, 'WRITE_NARROWED', 'BREAKING', scopes)),
    ...(includes(is.scopes, was.scopes) ? [] : change(coordinate, 'WRITE_WIDENED', 'DANGEROUS', scopes)),
    ...(includes(was.approve, is.approve) && includes(is.approve, was.approve)
      ? []
      : change(coordinate, 'APPROVAL_CHANGED', 'DANGEROUS', approval)),
    ...(was.confirm === is.confirm
      ? []
      : change(coordinate, 'CONFIRMATION_CHANGED', 'DANGEROUS', `Confirmation is ${is.confirm} now.`)),
    ...(includes(was.copiedTo, is.copiedTo) && includes(is.copiedTo, was.copiedTo)
      ? []
      : change(
          coordinate,
          'COPIES_CHANGED',
          'SAFE',
          `Copies are kept in ${is.copiedTo.join(', ') || 'no system'}.`,
        )),
  ];
}

function includes(all: readonly string[], some: readonly string[]): boolean {
  return some.every((item) => all.includes(item));
}

function byCoordinate(attributes: readonly Attribute[]): readonly (readonly [string, Attribute])[] {
  return attributes.map((attribute) => [`${attribute.entity}.${attribute.name}`, attribute]);
}
