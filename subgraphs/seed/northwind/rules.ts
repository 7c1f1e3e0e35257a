/**
 * What the sample does not say and the systems need is derived by the rules of this file and nothing else. All of it
 * is derived, not real; `samples/README.md` says the same in words.
 */
import { Decimal } from 'decimal.js';
import type { Order } from './rows.ts';

/** The last day on which the sample knows of anything: its present. */
export const presentOf = (orders: readonly Order[]): string =>
  orders.reduce((last, { ordered, shipped }) => [last, ordered, shipped ?? ''].sort().at(-1) ?? last, '');

const daysAfter = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);

/** Payment terms, in days net: 60 for regular customers of 15 or more orders, 30 from 5 on, 14 below. */
export function netDaysOf(orders: readonly Order[]): 14 | 30 | 60 {
  if (orders.length >= 15) return 60;
  return orders.length >= 5 ? 30 : 14;
}

/** An invoice that follows from an order. Days are ISO 8601, amounts are cents. */
export interface DerivedInvoice {
  readonly order: string;
  readonly issued: string;
  readonly due: string;
  /** Null while it is open. */
  readonly paid: string | null;
  readonly total: number;
}

/**
 * One invoice per order: the lines, each price × quantity × (1 − discount) rounded half up to cents, and the freight.
 * Issued on the day of shipping, or of the order where it is not shipped yet; due by the terms; paid on the day it is
 * due, so that what is due after the sample's last day is open.
 */
export function invoiceOf(order: Order, netDays: number, present: string): DerivedInvoice {
  const issued = order.shipped ?? order.ordered;
  const due = daysAfter(issued, netDays);
  const lines = order.lines.map(({ unitPrice, quantity, discount }) =>
    new Decimal(unitPrice)
      .times(quantity)
      .times(new Decimal(1).minus(discount))
      .toDecimalPlaces(2, Decimal.ROUND_HALF_UP),
  );
  const total = lines.reduce((sum, line) => sum.plus(line), new Decimal(order.freight));
  return {
    order: order.id,
    issued,
    due,
    paid: due > present ? null : due,
    total: total.times(100).toDecimalPlaces(0, Decimal.ROUND_HALF_UP).toNumber(),
  };
}

/** What is open, in cents, at the end of the sample. */
function openNow(invoices: readonly DerivedInvoice[]): number {
  return invoices.reduce((sum, { paid, total }) => (paid === null ? sum + total : sum), 0);
}

/** The most that ever was open at the same time, in cents. An invoice is open from its issue until it is paid. */
function highestOpen(invoices: readonly DerivedInvoice[]): number {
  return invoices.reduce((highest, { issued: day }) => {
    const open = invoices.filter(({ issued, paid }) => issued <= day && (paid === null || paid > day));
    return Math.max(
      highest,
      open.reduce((sum, { total }) => sum + total, 0),
    );
  }, 0);
}

/** The credit limit in whole dollars: the most that ever was open, rounded up to the next 1,000; null without invoices. */
export function creditLimitOf(invoices: readonly DerivedInvoice[]): number | null {
  return invoices.length === 0 ? null : Math.ceil(highestOpen(invoices) / 100_000) * 1000;
}

/** How credit is checked: not at all without a history, strictly where four fifths of the limit are taken, else as usual. */
export function creditCheckOf(invoices: readonly DerivedInvoice[]): 'NONE' | 'STANDARD' | 'STRICT' {
  const limit = creditLimitOf(invoices);
  if (limit === null) return 'NONE';
  return openNow(invoices) * 5 > limit * 100 * 4 ? 'STRICT' : 'STANDARD';
}

/** Legal forms that names of the sample end with. */
const forms = ['S.A.', 'S.p.A.', 'Ltda.', 'HB', 'GmbH', 'AG', 'Ltd.', 'Inc.'];

/** The legal form that a name carries at its end; null where it carries none. */
export function legalFormIn(name: string): string | null {
  return forms.find((form) => name.endsWith(` ${form}`)) ?? null;
}
