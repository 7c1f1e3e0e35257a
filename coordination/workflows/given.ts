import type { RequestContext } from '../../runtime/context.ts';
import { holds } from '../../runtime/principal.ts';
import type { EntityName } from '../../schema/generated/contracts.ts';
import { governed } from '../plan.ts';
import type { Refusal } from '../refusal.ts';
import { checkValues } from '../rules/index.ts';
import type { Values } from '../write.ts';

/** Values that an onboarding takes although nobody may change them later through the graph. */
const ofNew: ReadonlySet<string> = new Set(['country', 'billingCurrency']);

/** Values in the form in which they are written, and everything that speaks against them. */
export function checkedFor(
  entity: EntityName,
  given: Values,
  { principal }: Pick<RequestContext, 'principal'>,
): { readonly values: Values; readonly refusals: readonly Refusal[] } {
  const [plain, written] = partition(given);
  const checked = checkValues(entity, written);
  const wrong = checked.refusals.map(({ attribute, path, code, message }): Refusal => {
    const place = path.length > 0 ? `${path.join('.')}: ` : '';
    return { code, attribute, message: place + message };
  });
  const denied = Object.keys(written).flatMap((attribute): readonly Refusal[] => {
    const known = governed(entity, attribute);
    if (known && holds(principal, known.write.scopes)) return [];
    const message = known
      ? `To give ${attribute} takes the scopes ${known.write.scopes.join(' and ')}.`
      : `${entity} has no attribute ${attribute} that can be written.`;
    return [{ code: known ? 'NOT_PERMITTED' : 'INVALID_VALUE', attribute, message }];
  });
  return { values: { ...checked.values, ...plain }, refusals: [...denied, ...wrong] };
}

function partition(values: Values): readonly [plain: Values, written: Values] {
  const given = Object.entries(values).filter(([, value]) => value != null);
  const isPlain = ([name]: readonly [string, unknown]): boolean => ofNew.has(name);
  return [
    Object.fromEntries(given.filter(isPlain)),
    Object.fromEntries(given.filter((one) => !isPlain(one))),
  ];
}
