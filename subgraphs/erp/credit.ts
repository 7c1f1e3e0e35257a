import { Decimal } from 'decimal.js';
import type { CreditStatus, Money } from '../../schema/generated/erp.ts';
import { digitsOf } from '../../schema/codes.ts';
import type { BusinessPartner } from './partner.ts';

type Limit = Pick<BusinessPartner, 'CreditLimit' | 'CreditLimitCurrency'>;
type Credit = Pick<BusinessPartner, 'CreditAccountIsBlocked' | 'CreditCheckRule'>;

const standings: Readonly<Record<CreditStatus, Partial<Credit>>> = {
  APPROVED: { CreditAccountIsBlocked: false, CreditCheckRule: 'STANDARD' },
  WATCH: { CreditAccountIsBlocked: false, CreditCheckRule: 'STRICT' },
  NOT_CHECKED: { CreditAccountIsBlocked: false, CreditCheckRule: 'NONE' },
  // A block leaves the rule as it is.
  BLOCKED: { CreditAccountIsBlocked: true },
};

/** How a partner's credit stands: a block counts for more than the rule by which credit is checked. */
export function creditStatusOf({
  CreditAccountIsBlocked,
  CreditCheckRule,
}: Partial<Credit>): CreditStatus | null {
  if (CreditAccountIsBlocked === true) return 'BLOCKED';
  switch (CreditCheckRule) {
    case 'STANDARD':
      return 'APPROVED';
    case 'STRICT':
      return 'WATCH';
    case 'NONE':
      return 'NOT_CHECKED';
    default:
      return null;
  }
}

/** The fields that make a partner's credit stand so. */
export function creditFields(status: CreditStatus | null): Partial<Credit> {
  return status === null ? { CreditAccountIsBlocked: null, CreditCheckRule: null } : standings[status];
}

/** The credit limit with the digits that the ERP has for its currency. */
export function limitOf({ CreditLimit, CreditLimitCurrency }: Partial<Limit>): Money | null {
  if (CreditLimit == null || CreditLimitCurrency == null) return null;
  return { amount: CreditLimit, currency: CreditLimitCurrency };
}

/** The fields of a credit limit. Digits beyond those of the currency stay: it is for the ERP to refuse them. */
export function limitFields(limit: Money | null): Limit {
  if (limit === null) return { CreditLimit: null, CreditLimitCurrency: null };
  return { CreditLimit: booked(limit.amount, limit.currency), CreditLimitCurrency: limit.currency };
}

/** An amount without exponent and with at least the digits of its currency; as it is where it is no number. */
export function booked(amount: string, currency: string): string {
  if (!/^-?\d+(\.\d+)?$/.test(amount)) return amount;
  const exact = new Decimal(amount);
  return exact.toFixed(Math.max(exact.decimalPlaces(), digitsOf(currency)));
}
