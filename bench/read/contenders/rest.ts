import type { RequestListener, ServerResponse } from 'node:http';
import { cursorAt } from '../memory.ts';
import { populationOf } from '../population.ts';
import { populationSize } from '../queries.ts';
import { decodeCursor } from '../../../runtime/cursor.ts';
import { mapping as billing } from '../../../subgraphs/billing/mapping.ts';
import { mapping as crm } from '../../../subgraphs/crm/mapping.ts';
import { mapping as erp } from '../../../subgraphs/erp/mapping.ts';

/**
 * What a good engineer writes by hand for these two questions alone: two routes, the same lenses over the same records,
 * no schema, no checks, no limits, no failures.
 */
export function rest(): RequestListener {
  const { one, page } = byHand();
  return ({ url = '' }, response) => {
    const mark = url.indexOf('?');
    if (mark >= 0) send(response, { data: { customers: page(url.slice(mark + 1)) } });
    else send(response, { data: { customer: one(url.slice('/customers/'.length)) } });
  };
}

/** A customer by id as the first question asks for it; null for an unknown one. */
export const customersByHand = () => byHand().one;

function byHand() {
  const { customers, accounts, partners, payers } = populationOf(populationSize);
  const byId = new Map(customers.map((keys) => [keys.id, keys]));

  const recordsOf = (keys: (typeof customers)[number]) => {
    const account = accounts.get(keys.account);
    const partner = partners.get(keys.partner);
    const payer = payers.get(keys.payer);
    if (!account || !partner || !payer) throw new Error('every system knows every customer');
    return { account: account.record, partner: partner.record, payer: payer.record };
  };

  function one(id: string) {
    const keys = byId.get(id);
    if (!keys) return null;
    const { account, partner, payer } = recordsOf(keys);
    const owner = crm.accountOwner.get(account);
    const legal = erp.legalEntity.get(partner);
    const terms = erp.paymentTerms.get(partner);
    const delivery = billing.invoiceDelivery.get(payer);
    return {
      id,
      name: crm.name.get(account),
      segment: crm.segment.get(account),
      industry: crm.industry.get(account),
      website: crm.website.get(account),
      accountOwner: owner && { name: owner.name },
      legalEntity: legal && { registeredName: legal.registeredName, country: legal.country },
      taxClassification: erp.taxClassification.get(partner),
      paymentTerms: terms && { netDays: terms.netDays },
      creditStatus: erp.creditStatus.get(partner),
      balance: billing.balance.get(payer),
      dunningState: billing.dunningState.get(payer),
      invoiceDelivery: delivery && { channel: delivery.channel },
    };
  }

  function row(keys: (typeof customers)[number]) {
    const { account, partner, payer } = recordsOf(keys);
    const legal = erp.legalEntity.get(partner);
    const terms = erp.paymentTerms.get(partner);
    return {
      id: keys.id,
      name: crm.name.get(account),
      segment: crm.segment.get(account),
      lifecycleStatus: crm.lifecycleStatus.get(account),
      legalEntity: legal && { country: legal.country },
      paymentTerms: terms && { netDays: terms.netDays },
      creditStatus: erp.creditStatus.get(partner),
      creditLimit: erp.creditLimit.get(partner),
      balance: billing.balance.get(payer),
      dunningState: billing.dunningState.get(payer),
    };
  }

  function page(search: string) {
    const asked = new URLSearchParams(search);
    const first = Number(asked.get('first') ?? 20);
    const start = Number(decodeCursor('customers', asked.get('after') ?? '')) + 1;
    const end = Math.min(start + first, customers.length);
    return {
      edges: customers.slice(start, end).map((keys) => ({ node: row(keys) })),
      pageInfo: { endCursor: cursorAt(end - 1), hasNextPage: end < customers.length },
    };
  }

  return { one, page };
}

function send(response: ServerResponse, value: unknown): void {
  const body = JSON.stringify(value);
  response.writeHead(200, [
    'content-type',
    'application/json',
    'content-length',
    `${Buffer.byteLength(body)}`,
  ]);
  response.end(body);
}
