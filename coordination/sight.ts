import { holds, type Principal } from '../runtime/principal.ts';
import { permits } from '../schema/access.ts';
import { attributes, type EntityName } from '../schema/generated/contracts.ts';
import type { Attribute } from '../schema/governance.ts';

/** Gives a present value of an attribute to those who may see it whole, and null to others. */
export type Sight = (attribute: string, value: unknown) => unknown;

/** What a principal may see of present values: a refused write is no way around who may read. */
export function sightOf(entity: EntityName, principal: Principal): Sight {
  const known: Readonly<Record<string, Attribute>> = attributes[entity];
  return (name, value = null) => {
    const attribute = Object.hasOwn(known, name) ? known[name] : undefined;
    const whole =
      attribute && permits(attribute.read, principal) && holds(principal, attribute.personal ?? []);
    return whole ? value : null;
  };
}

/** Whether a principal keeps the graph running, and so may start the writes of others anew. */
export function mayOperate(principal: Principal): boolean {
  return holds(principal, ['customer:operate:writes']);
}
