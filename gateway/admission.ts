import type { FailureCode } from '../runtime/failure.ts';
import type { Principal } from '../runtime/principal.ts';
import { createBudgets, window, type Spent } from './budget.ts';
import type { Operation, Refusal } from './engine/index.ts';

/** An operation that is not run, for what it costs. */
export interface Declined extends Pick<Refusal, 'errors'> {
  readonly status: 400 | 429;
  /** Name, value, name, value…: for a transport with headers. */
  readonly headers: readonly string[];
}

/** An operation that may run. */
export interface Admitted {
  readonly errors?: undefined;
  readonly headers: readonly string[];
}

/** Whether a caller may run an operation with these variables now; what it costs is taken from its budget. */
export type Admit = (
  operation: Pick<Operation, 'cost'>,
  variables: Readonly<Record<string, unknown>>,
  principal: Principal,
) => Admitted | Declined;

/** Of one operation, where nothing is set: a hundred objects with two hundred below each. */
export const defaultCostLimit = 20_000;

export interface AdmissionOptions {
  /** Most that one operation may cost. */
  readonly costLimit: number;
  /** Most that one caller may spend in a minute; 0 for no such limit. */
  readonly costBudget: number;
  readonly now?: () => number;
}

/** Two limits for every transport: the cost of one operation, and what one caller spends. */
export function createAdmission({ costLimit, costBudget, now }: AdmissionOptions): Admit {
  const budgets = costBudget > 0 ? createBudgets(costBudget, now) : undefined;
  // The fields of the IETF's draft; the unit is a cost, for which it has no name.
  const policy = `"cost";q=${costBudget};w=${window}`;

  const headersOf = ({ left, fullIn, retryAfter }: Spent): readonly string[] => {
    const headers = ['ratelimit-policy', policy, 'ratelimit', `"cost";r=${left};t=${fullIn}`];
    return retryAfter > 0 ? [...headers, 'retry-after', String(retryAfter)] : headers;
  };

  return (operation, variables, { subject }) => {
    const cost = operation.cost(variables);
    if (cost > costLimit) return tooCostly(cost, costLimit);
    if (!budgets) return free;
    const spent = budgets(subject, cost);
    const headers = headersOf(spent);
    return spent.granted ? { headers } : { status: 429, headers, errors: [overspent(costBudget, spent)] };
  };
}

const free: Admitted = { headers: [] };

/** Costs do not count. */
export const unlimited: Admit = () => free;

function tooCostly(cost: number, limit: number): Declined {
  const message = `The operation may cost ${cost}, more than ${limit}: ask for fewer fields, or for smaller pages.`;
  const extensions = { code: 'COST_LIMIT_EXCEEDED' satisfies FailureCode, cost, limit };
  return { status: 400, headers: [], errors: [{ message, extensions }] };
}

function overspent(budget: number, { retryAfter }: Spent): Declined['errors'][number] {
  return {
    message: `The budget of ${budget} a minute is spent; try again in ${retryAfter} s.`,
    extensions: { code: 'RATE_LIMITED' satisfies FailureCode, retryAfter },
  };
}
