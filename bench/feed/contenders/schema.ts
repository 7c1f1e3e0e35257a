import { customersByHand } from '../../read/contenders/rest.ts';
import type { Published } from '../contender.ts';

/** The part of the public schema that the document asks for, for those who have no federation. */
export const sdl = `
type Query { ready: Boolean! }
type Subscription { customerChanged(filter: CustomerChangeFilter): CustomerChange! }
input CustomerChangeFilter { customerIds: [ID!] }
type CustomerChange {
  cursor: String! position: String! at: String! kind: CustomerChangeKind! system: System version: String
  attributes: [ChangedAttribute!]! customer: Customer!
}
enum CustomerChangeKind { CREATED UPDATED DELETED SNAPSHOT }
enum System { CRM ERP BILLING }
type ChangedAttribute { name: String! owner: System! }
type Customer {
  id: ID! name: String segment: String industry: String website: String accountOwner: AccountOwner
  legalEntity: LegalEntity taxClassification: String paymentTerms: PaymentTerms creditStatus: String
  balance: Money dunningState: String invoiceDelivery: InvoiceDelivery
}
type AccountOwner { name: String }
type LegalEntity { registeredName: String country: String }
type PaymentTerms { netDays: Int }
type Money { amount: String currency: String }
type InvoiceDelivery { channel: String }
`;

export interface Arguments {
  readonly filter: { readonly customerIds: readonly string[] };
}

/** Resolvers of a change and its customer, as a good engineer writes them by hand; they count the customers. */
export function resolversByHand() {
  const customer = customersByHand();
  let executions = 0;
  return {
    executions: () => executions,
    change: ({ number, customerId, at }: Published) => ({
      ...{ cursor: String(number), position: String(number), at, kind: 'UPDATED', system: 'CRM' },
      ...{ version: String(number), attributes: [{ name: 'name', owner: 'CRM' }] },
      customer: () => {
        executions += 1;
        return customer(customerId);
      },
    }),
  };
}
