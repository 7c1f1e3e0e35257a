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

/** Whether a known caller may read; policies are decided by nobody yet, and so never hold. */
export function permits({ scopes, policies }: Access, principal: Principal): boolean {
  return (scopes.length === 0 || scopes.some((set) => holds(principal, set))) && policies.length === 0;
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
