import { invalid, type MembersRule } from './rule.ts';

/** A period ends on the day on which it begins, or later. */
export const period: MembersRule = {
  reads: ['validFrom', 'validTo'],
  check: ({ validFrom: first, validTo: last }) => {
    // ISO days are ordered as texts are.
    if (typeof first !== 'string' || typeof last !== 'string' || first <= last) return { complaints: [] };
    return {
      complaints: [invalid('The last day is before the first: give a later one, or null.', ['validTo'])],
    };
  },
};
