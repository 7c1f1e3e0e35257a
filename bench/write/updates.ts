/** What is written: updates of different customers, with values that differ each time. */
import type { Values } from '../../coordination/write.ts';

/** Customers that are registered; many more than are written to at a time. */
export const population = 5000;

/** How many owners an update is for: one attribute of the CRM, or one of each system. */
export const breadths = [1, 3] as const;
export type Breadth = (typeof breadths)[number];

export interface Update {
  readonly customerId: string;
  readonly changes: Values;
}

/** The id under which a customer is registered. */
export const customerAt = (index: number): string =>
  `00000000-0000-7000-8000-${index.toString(16).padStart(12, '0')}`;

/** The n-th update: every customer has its turn before one has its second, which finds another value there. */
export function updateAt(n: number, breadth: Breadth): Update {
  const turn = Math.floor(n / population);
  const changes = {
    industry: `Industry ${turn}`,
    ...(breadth === 3 && {
      creditStatus: turn % 2 === 0 ? 'APPROVED' : 'WATCH',
      provisioningId: `tenant-${n}`,
    }),
  };
  return { customerId: customerAt(n % population), changes };
}
