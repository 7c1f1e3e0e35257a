import type { Country } from './countries.ts';
import type { Draws } from './draws.ts';

/** What is sold: a plan with its price per unit and month, in euros. */
const plans = [
  ['Essential', 29],
  ['Team', 49],
  ['Business', 99],
  ['Business Plus', 149],
  ['Enterprise', 249],
  ['Fleet Tracking', 12],
  ['Field Service', 39],
  ['Analytics', 79],
] as const;

/** Units of a currency that are near one euro, and its minor units. For plausible prices only. */
const scales: Readonly<Record<string, readonly [rate: number, minor: number]>> = {
  BRL: [6, 100],
  CNY: [8, 100],
  CZK: [25, 100],
  DKK: [7, 100],
  INR: [90, 100],
  JPY: [160, 1],
  KRW: [1500, 1],
  MXN: [20, 100],
  NOK: [11, 100],
  PLN: [4, 100],
  SEK: [11, 100],
  TRY: [40, 100],
};

interface Subscription {
  readonly plan: string;
  readonly quantity: number;
  /** Of one unit for one interval, in minor units. */
  readonly unitAmount: number;
  readonly interval: 'month' | 'quarter' | 'year';
  readonly status: 'trialing' | 'active' | 'past_due' | 'paused' | 'canceled';
  /** Days before the population's last day. */
  readonly age: number;
  /** Days after the last day until the interval ends; null where nothing is charged any more. */
  readonly left: number | null;
}

interface Invoice {
  /** In minor units. */
  readonly total: number;
  readonly due: number;
  readonly status: 'draft' | 'open' | 'paid' | 'void' | 'uncollectible';
  /** Days before the population's last day on which it was issued. */
  readonly age: number;
  /** Days before the last day on which it was paid; null where it was not. */
  readonly paidAge: number | null;
}

export interface Charges {
  readonly subscriptions: readonly Subscription[];
  /** The oldest first. */
  readonly invoices: readonly Invoice[];
}

const monthsOf = { month: 1, quarter: 3, year: 12 } as const;

/** What a customer buys and how it pays: none to two subscriptions, none to four invoices. */
export function chargesOf(
  draws: Draws,
  { currency }: Country,
  {
    employees,
    netDays,
    buys,
  }: { readonly employees: number; readonly netDays: number; readonly buys: boolean },
): Charges {
  const [rate, minor] = scales[currency] ?? [1, 100];
  const late = draws.chance(0.08);
  const subscriptions = Array.from(
    {
      length: draws.weighted([
        [0, 2],
        [1, 6],
        [2, 2],
      ]),
    },
    (): Subscription => {
      const [plan, price] = draws.pick(plans);
      const interval = draws.weighted([
        ['month', 6],
        ['quarter', 1],
        ['year', 3],
      ] as const);
      const status = buys
        ? draws.weighted([
            ['active', late ? 1 : 20],
            ['past_due', late ? 9 : 0],
            ['trialing', 1],
            ['paused', 1],
          ] as const)
        : 'canceled';
      return {
        plan,
        quantity: Math.max(1, Math.min(500, Math.round(employees * (draws.between(1, 20) / 100)))),
        unitAmount: price * rate * minor * monthsOf[interval],
        interval,
        status,
        age: draws.between(20, 1600),
        left: status === 'canceled' || status === 'paused' ? null : draws.between(1, 30 * monthsOf[interval]),
      };
    },
  );
  const base = subscriptions.reduce((sum, { quantity, unitAmount }) => sum + quantity * unitAmount, 0);
  const invoices = Array.from(
    {
      length: draws.weighted([
        [0, 2],
        [1, 3],
        [2, 3],
        [3, 1],
        [4, 1],
      ]),
    },
    (_, i): Invoice => {
      const age = 5 + i * 30 + draws.between(0, 9);
      const total =
        base > 0 ? base : draws.between(80, 9000) * rate * minor + (minor === 100 ? draws.between(0, 99) : 0);
      const overdue = age > netDays;
      const status =
        overdue && !late
          ? draws.weighted([
              ['paid', 96],
              ['void', 2],
              ['uncollectible', 2],
            ] as const)
          : draws.weighted([
              ['open', 17],
              ['paid', overdue ? 0 : 3],
            ] as const);
      return {
        total,
        due: status === 'open' || status === 'uncollectible' ? total : 0,
        status,
        age,
        paidAge: status === 'paid' ? Math.max(1, age - draws.between(1, netDays + 1)) : null,
      };
    },
  );
  return { subscriptions, invoices: invoices.reverse() };
}
