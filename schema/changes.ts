import { buildASTSchema, parse, type GraphQLSchema } from 'graphql';
import type { Change, Impact } from './changes/change.ts';
import { permissionChanges } from './changes/permissions.ts';
import { directiveChanges, rootChanges } from './changes/surface.ts';
import { typeChanges } from './changes/types.ts';
import type { Composed } from './compose.ts';

/**
 * Every difference that a client, or somebody who grants access, can notice between two published versions;
 * by impact, then by coordinate. The order of definitions is no difference.
 */
export function changesBetween(before: Composed, after: Composed): readonly Change[] {
  const [old, next] = [schemaOf(before.api), schemaOf(after.api)];
  return [
    ...rootChanges(old, next),
    ...typeChanges(old, next),
    ...directiveChanges(old, next),
    ...permissionChanges(before.supergraph, after.supergraph),
  ].sort(
    (one, other) =>
      impacts.indexOf(one.impact) - impacts.indexOf(other.impact) ||
      one.coordinate.localeCompare(other.coordinate, 'en') ||
      one.code.localeCompare(other.code, 'en'),
  );
}

const impacts: readonly Impact[] = ['BREAKING', 'DANGEROUS', 'SAFE'];

function schemaOf(sdl: string): GraphQLSchema {
  return buildASTSchema(parse(sdl), { assumeValid: true });
}
