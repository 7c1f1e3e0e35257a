import { holds, type Principal } from '../runtime/principal.ts';

/** What a caller must have to read something; every part must hold. */
export interface Access {
  /** Whether the caller must be known. */
  readonly authenticated: boolean;
  /** Sets of scopes of which the caller needs one whole set; empty where scopes do not matter. */
  readonly scopes: readonly (readonly string[])[];
  /** Sets of policies of which one whole set must hold; empty where policies do not matter. */
  readonly policies: readonly (readonly string[])[];
}

/** Anybody may read. */
export const open: Access = { authenticated: false, scopes: [], policies: [] };

/** Whether something may be read by anybody. */
export function isOpen(access: Access): boolean {
  return !access.authenticated && access.scopes.length === 0 && access.policies.length === 0;
}

/** The access that needs all of both. */
export function both(one: Access, other: Access): Access {
  return {
    authenticated: one.authenticated || other.authenticated,
    scopes: everyPair(one.scopes, other.scopes),
    policies: everyPair(one.policies, other.policies),
  };
}

/** Whether everybody who satisfies `narrow` satisfies `wide` as well. */
export function allows(wide: Access, narrow: Access): boolean {
  return (
    (!wide.authenticated || !isOpen(narrow)) &&
    implies(narrow.scopes, wide.scopes) &&
    implies(narrow.policies, wide.policies)
  );
}

/** Whether a policy holds for a principal; decided once for each. */
export type Policies = (policy: string, principal: Principal) => boolean;

/** The policies that a principal's issuer names in its claim `policies`; all of them for who has every scope. */
export const claimedPolicies: Policies = (policy, principal) =>
  holds(principal, ['*']) || (principal.claims?.policies ?? []).includes(policy);

/** Whether a caller may read. Who has no subject is nobody that is known. */
export function permits(
  { authenticated, scopes, policies }: Access,
  principal: Principal,
  decide: Policies = claimedPolicies,
): boolean {
  return (
    (!authenticated || principal.subject !== '') &&
    (scopes.length === 0 || scopes.some((set) => holds(principal, set))) &&
    (policies.length === 0 || policies.some((set) => set.every((policy) => decide(policy, principal))))
  );
}

/** In words, e.g. `customer:read and billing:read, or admin`. */
export function describeAccess(access: Access): string {
  const parts = [
    describeSets(access.scopes),
    access.policies.length > 0 ? `policy ${describeSets(access.policies)}` : '',
  ].filter((part) => part !== '');
  if (parts.length > 0) return parts.join('; ');
  return access.authenticated ? 'any known caller' : 'anybody';
}

function describeSets(sets: readonly (readonly string[])[]): string {
  return sets.map((set) => set.join(' and ')).join(', or ');
}

type Sets = readonly (readonly string[])[];

function everyPair(one: Sets, other: Sets): Sets {
  if (one.length === 0) return other;
  if (other.length === 0) return one;
  const pairs = one.flatMap((left) => other.map((right) => [...new Set([...left, ...right])].sort()));
  return [...new Map(pairs.map((pair) => [pair.join(' '), pair])).values()];
}

function implies(narrow: Sets, wide: Sets): boolean {
  if (wide.length === 0) return true;
  if (narrow.length === 0) return wide.some((set) => set.length === 0);
  return narrow.every((held) => wide.some((needed) => needed.every((item) => held.includes(item))));
}
