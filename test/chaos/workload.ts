import type { Mode, Values } from '../../coordination/write.ts';
import { drawsOf, type Draws } from '../../subgraphs/seed/population/draws.ts';

/** A write that a client wants, and insists on until it knows what became of it. */
export interface Submission {
  readonly index: number;
  /** Its idempotency key: the same in every try. */
  readonly key: string;
  readonly customer: string;
  readonly mode: Mode;
  readonly wait: 'ACCEPTED' | 'CONFIRMED';
  readonly changes: Values;
  /** Is in every value of this write and of no other, so that each effect can be traced to it. */
  readonly mark: string;
}

export interface WorkloadOrder {
  readonly writes: number;
  readonly seed: number;
  readonly customers: readonly string[];
}

type Owner = 'CRM' | 'ERP' | 'BILLING';

/** Customers that many writes are about at the same time. */
const hot = 3;

/** Writes of all kinds, the same for the same seed: hot and cold customers, one to three systems, some that an owner refuses. */
export function workload({ writes, seed, customers }: WorkloadOrder): readonly Submission[] {
  return Array.from({ length: writes }, (_, index): Submission => {
    const draws = drawsOf(seed, 1, index);
    const mark = `w${String(index).padStart(6, '0')}`;
    const owners = ownersOf(draws);
    const refusing = draws.chance(0.08) ? draws.pick(owners) : null;
    return {
      index,
      mark,
      key: `chaos-${seed}-${mark}`,
      customer: draws.pick(draws.chance(0.45) ? customers.slice(0, hot) : customers),
      mode: draws.chance(0.6) ? 'ALL' : 'EACH',
      wait: draws.chance(0.5) ? 'ACCEPTED' : 'CONFIRMED',
      changes: Object.assign(
        {},
        ...owners.map((owner) =>
          owner === refusing ? refused[owner](mark) : draws.pick(accepted[owner])(mark),
        ),
      ) as Values,
    };
  });
}

function ownersOf(draws: Draws): readonly Owner[] {
  return draws.weighted<readonly Owner[]>([
    [['CRM'], 4],
    [['ERP'], 3],
    [['BILLING'], 3],
    [['CRM', 'ERP'], 3],
    [['CRM', 'BILLING'], 2],
    [['ERP', 'BILLING'], 2],
    [['CRM', 'ERP', 'BILLING'], 4],
  ]);
}

type Making = (mark: string) => Values;

const accepted: Readonly<Record<Owner, readonly Making[]>> = {
  CRM: [
    (mark) => ({ name: `Firm ${mark}` }),
    (mark) => ({ industry: `Trade ${mark}` }),
    (mark) => ({ website: `https://${mark}.example/`, industry: `Trade ${mark}` }),
  ],
  ERP: [
    (mark) => ({
      billingAddress: {
        lines: [`${mark} High Street`],
        city: `Town ${mark}`,
        region: null,
        postalCode: '10115',
        country: 'DE',
      },
    }),
  ],
  BILLING: [
    (mark) => ({ provisioningId: `prov-${mark}` }),
    (mark) => ({ invoiceDelivery: { channel: 'EMAIL', email: `${mark}@firm.example` } }),
  ],
};

/** Values that only the owner itself knows to refuse. */
const refused: Readonly<Record<Owner, Making>> = {
  CRM: (mark) => ({ industry: `Trade ${mark} `.padEnd(130, '.') }),
  ERP: (mark) => ({
    paymentTerms: {
      code: 'N999',
      description: `Net 999 days ${mark}`,
      netDays: 999,
      discountPercent: null,
      discountDays: null,
    },
  }),
  BILLING: (mark) => ({ provisioningId: `prov-${mark}-`.padEnd(130, 'x') }),
};
