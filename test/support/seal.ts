import type { Seal } from '../../identity/index.ts';

/** A seal that can be read, to see in a test what was sealed. */
export const seal: Seal = (kind, value) => `${kind}:${value}`;
