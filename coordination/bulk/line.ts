import { digest } from '../../runtime/canonical.ts';
import type { Values } from '../write.ts';
import { complaintsOf, malformed, nearest, reasonsAgainst, systemType, type Reason } from './contract.ts';

/** Whom a line changes. */
export type Target = { readonly customerId: string } | { readonly system: string; readonly key: string };

/** What a line asks for. */
export interface Asked {
  readonly target: Target;
  /** Members of `UpdateCustomerInput` that the line decides on. */
  readonly input: Values & { readonly changes: Values };
  /** The line's own; null where it has none. */
  readonly idempotencyKey: string | null;
  /** Stands for all of the line but the key; ten characters. */
  readonly hash: string;
}

export type Read = Asked | { readonly reasons: readonly Reason[] };

const members = ['customerId', 'system', 'key', 'changes', 'mode', 'expect', 'reason', 'idempotencyKey'];
/** What a file of refused lines has besides: it may be given again as it is. */
const notes = new Set(['line', 'reasons']);

/** What a line of NDJSON asks for, or all that is wrong with it. Pure. */
export function readJson(text: string): Read {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const { message } = error as SyntaxError;
    return { reasons: [malformed(`The line is not JSON: ${message}.`)] };
  }
  return readLine(value);
}

/** What a line asks for that was read from JSON, or put together from cells. Pure. */
export function readLine(value: unknown): Read {
  if (!isObject(value))
    return { reasons: [malformed('The line is not an object: write {"customerId": …}.')] };
  const { customerId, system, key, changes, idempotencyKey, ...rest } = value;
  const others = Object.entries(rest).filter(([name]) => !notes.has(name));
  const unknown = others
    .filter(([name]) => !members.includes(name))
    .map(([name]) => malformed(`A line has no "${name}".${nearest(name, members)}`));
  const target = targetIn({ customerId, system, key });
  const reasons = [...unknown, ...('reasons' in target ? target.reasons : [])];
  if (!isObject(changes)) {
    return {
      reasons: [...reasons, malformed('The line has no "changes": write {"segment": "ENTERPRISE"}, say.')],
    };
  }
  const input = { changes, ...Object.fromEntries(others) };
  if (unknown.length === 0) {
    // Who is changed is looked up later; any text does for the check.
    reasons.push(...reasonsAgainst({ customerId: '-', ...input, idempotencyKey: idempotencyKey ?? null }));
  }
  if (reasons.length > 0 || 'reasons' in target) return { reasons };
  const hash = digest({ target, input }).slice(0, 10);
  return { target, input, idempotencyKey: typeof idempotencyKey === 'string' ? idempotencyKey : null, hash };
}

function targetIn({ customerId, system, key }: Values): Target | { readonly reasons: readonly Reason[] } {
  if (customerId === undefined && system === undefined && key === undefined)
    return { reasons: [malformed('The line names no customer: give "customerId", or "system" and "key".')] };
  if (customerId !== undefined) {
    if (system !== undefined || key !== undefined)
      return {
        reasons: [malformed('The line names its customer twice: give "customerId", or "system" and "key".')],
      };
    if (typeof customerId === 'string' && customerId !== '') return { customerId };
    return { reasons: [malformed('"customerId" is not a text.')] };
  }
  const reasons = complaintsOf(system ?? null, systemType).map(({ message }) =>
    malformed(`system: ${message}`),
  );
  if (typeof system !== 'string') reasons.unshift(malformed('"system" is not the name of a system.'));
  if (typeof key !== 'string' || key === '') reasons.push(malformed('"key" is not a text.'));
  return typeof system === 'string' && typeof key === 'string' && reasons.length === 0
    ? { system, key }
    : { reasons };
}

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
