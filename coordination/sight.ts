import type { RequestContext } from '../runtime/context.ts';
import { holds, type Principal } from '../runtime/principal.ts';
import type { RowsOf } from '../runtime/rows.ts';
import { permits } from '../schema/access.ts';
import { attributes, type EntityName } from '../schema/generated/contracts.ts';
import type { Attribute } from '../schema/governance.ts';

/** Gives a present value of an attribute to those who may see it whole, and null to others. */
export type Sight = (attribute: string, value: unknown) => unknown;

/**
 * What a caller may see of present values: a refused write is no way around who may read. One who sees some entities only
 * is not told which others an entity names.
 */
export function sightOf(
  entity: EntityName,
  { principal, caller }: Pick<RequestContext, 'principal' | 'caller'>,
  rowsOf: RowsOf,
): Sight {
  const limited = rowsOf({ principal, caller }) !== null;
  const known: Readonly<Record<string, Attribute>> = attributes[entity];
  return (name, value = null) => {
    const attribute = Object.hasOwn(known, name) ? known[name] : undefined;
    const whole =
      attribute &&
      !(limited && attribute.references) &&
      permits(attribute.read, principal) &&
      holds(principal, attribute.personal ?? []);
    return whole ? value : null;
  };
}

/** Whether a principal keeps the graph running, and so may start the writes of others anew. */
export function mayOperate(principal: Principal): boolean {
  return holds(principal, ['customer:operate:writes']);
}
