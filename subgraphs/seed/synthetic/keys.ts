import { createHash } from 'node:crypto';
import { v7 } from 'uuid';
import { billingId } from '../../billing/index.ts';
import { crmId } from '../../crm/index.ts';
import { partnerNumber } from '../../erp/index.ts';

/** Customers of one seed at most: each seed has as many numbers of the ERP to itself. */
export const mostCustomers = 1_000_000;
/** The highest seed: the numbers above its range are those of the sample data. */
export const highestSeed = 998;

/** The keys under which a synthetic customer is found, in the graph and in the systems. */
export interface Keys {
  /** A uuid. */
  readonly id: string;
  readonly account: string;
  readonly partner: string;
  readonly payer: string;
}

/** Milliseconds: ids are of version 7, and so in the order of the indexes. */
const firstId = Date.UTC(2020, 0, 1);

/** The keys of the customer with an index, the same whenever they are asked for. */
export function keysOf(seed: number, index: number): Keys {
  const name = `synthetic ${seed} ${index}`;
  const random = createHash('sha256').update(name).digest().subarray(0, 16);
  return {
    id: v7({ msecs: firstId + index, seq: seed, random }),
    account: crmId('001', name),
    partner: partnerNumber(seed * mostCustomers + index + 1),
    payer: billingId('cus', name),
  };
}
