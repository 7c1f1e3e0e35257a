import type { SystemName } from '../../../schema/generated/contracts.ts';
import type { OrderedStep } from '../../ordered.ts';
import { asksFor } from '../../status/plan.ts';
import type { Values } from '../../write.ts';
import type { Enrichment } from '../reference/reference.ts';
import type { Stage } from '../workflow.ts';
import { eInvoiced, knownOf, membersOf, type Known } from './known.ts';
import type { Memory } from './memory.ts';

/** The stages that write, in their order. Until the pivot has taken effect everything can be undone. */
export const writing = ['CRM_ACCOUNT', 'ERP_CUSTOMER', 'BILLING_ACCOUNT', 'ACTIVATION'] as const;
export type WritingStage = (typeof writing)[number];
/** Once a billing account is ordered, it may be charged. */
export const pivot: readonly Stage[] = ['BILLING_ACCOUNT', 'ACTIVATION'];

/** Days within which it is to pay, where nobody has agreed on others: the ERP's code, by segment. */
const usualTerms: Readonly<Record<string, string>> = {
  ENTERPRISE: 'N045',
  PUBLIC_SECTOR: 'N030',
  RESELLER: 'N060',
};
const otherTerms = 'N030';

const accountValues = [
  'name',
  'segment',
  'industry',
  'website',
  'phone',
  'employees',
  'language',
  'channels',
  'accountOwner',
  'parent',
  'declared',
] as const;

/** What an onboarding reads of an account. */
export const readOfAccount: readonly string[] = [...accountValues, 'lifecycleStatus'];

/** What a stage writes; nothing where there is nothing to do. Pure, and the same for the same memory. */
export function stepsOf(stage: WritingStage, memory: Memory): readonly OrderedStep[] {
  const known = knownOf(memory);
  const { enriched, account } = memory;
  switch (stage) {
    case 'CRM_ACCOUNT':
      if (account === null) return [made('CRM', { ...accountOf(known), lifecycleStatus: 'ONBOARDING' })];
      return known.lifecycleStatus === 'ACTIVE'
        ? []
        : [{ system: 'CRM', kind: 'OWNER', changes: { lifecycleStatus: 'ONBOARDING' } }];
    case 'ERP_CUSTOMER':
      return enriched ? [made('ERP', partnerOf(known, enriched.enrichment))] : [];
    case 'BILLING_ACCOUNT':
      return enriched ? [made('BILLING', payerOf(known, enriched.enrichment, memory))] : [];
    case 'ACTIVATION':
      // As for any change to this status: of a customer that is active already the systems are put right.
      return [...asksFor('ACTIVE')].map(([system, { changes }]) => ({ system, kind: 'OWNER', changes }));
  }
}

/** What undoes the write of a stage, where it is still as it was left. Pure. */
export function undoOf(stage: WritingStage, memory: Memory): readonly OrderedStep[] {
  const write = memory.writes[stage];
  if (!write?.applied) return [];
  const { kind, system, version: expect, before, loose = false } = write;
  return [
    kind === 'CREATE'
      ? { system, kind: 'WITHDRAW', changes: {}, expect, ...(loose ? { loose } : {}) }
      : { system, kind, changes: before, expect },
  ];
}

/** Everything that would be written, by attribute, as far as it is known. Pure. */
export function wanted(known: Known, enrichment: Enrichment | null): Values {
  const partner = enrichment ? partnerOf(known, enrichment) : { billingAddress: addressOf(known) };
  const payer = enrichment ? payerOf(known, enrichment, { writes: {} }) : {};
  return { ...payer, ...partner, ...accountOf(known) };
}

function accountOf({ values }: Known): Values {
  return only(values, accountValues);
}

function partnerOf(known: Known, enrichment: Enrichment): Values {
  const { name, country, segment, declared, values } = known;
  const address = addressOf(known);
  return {
    name,
    legalEntity: legalOf(known),
    taxRegistrations: values.taxRegistrations ?? registrations(declared.taxId ?? null, country, enrichment),
    taxClassification: values.taxClassification ?? enrichment.taxClassification,
    paymentTerms: values.paymentTerms ?? { code: usualTerms[segment ?? ''] ?? otherTerms },
    creditStatus: values.creditStatus ?? 'NOT_CHECKED',
    billingStructure: values.billingStructure ?? { mode: 'STANDALONE', billTo: null },
    billingAddress: address,
    shippingAddresses: values.shippingAddresses ?? (address ? [address] : []),
    ...only(values, ['creditLimit']),
  };
}

function payerOf(known: Known, enrichment: Enrichment, { writes }: Pick<Memory, 'writes'>): Values {
  const { name, segment, declared, values } = known;
  // The ERP has more to say of some values than it was given: copies are of what it has.
  const kept = writes.ERP_CUSTOMER?.after ?? {};
  const email = declared.invoiceEmail ?? null;
  const channel = eInvoiced(segment, enrichment) ? 'E_INVOICE' : email === null ? 'PORTAL' : 'EMAIL';
  return {
    name,
    billingCurrency: values.billingCurrency ?? declared.currency ?? enrichment.currency,
    invoiceDelivery: values.invoiceDelivery ?? { channel, email },
    legalEntity: kept.legalEntity ?? legalOf(known),
    billingAddress: kept.billingAddress ?? addressOf(known),
    ...only(kept, ['paymentTerms']),
    ...only(values, ['bankAccount', 'provisioningId']),
  };
}

function legalOf({ name, country, declared, values }: Known): Values {
  if (values.legalEntity != null) return membersOf(values.legalEntity);
  return {
    registeredName: declared.legalName ?? name,
    lei: null,
    country,
    registrationNumber: declared.registrationNumber ?? null,
    legalForm: null,
  };
}

function addressOf({ country, declared, values }: Known): Values | null {
  if (values.billingAddress != null) return membersOf(values.billingAddress);
  const { lines, city = null, region = null, postalCode = null } = declared;
  return lines == null || city === null ? null : { lines, city, region, postalCode, country };
}

function registrations(
  number: string | null,
  country: string | null,
  { taxIdKinds: [kind] }: Enrichment,
): readonly Values[] {
  if (number === null || kind === undefined) return [];
  return [{ country, kind, number: number.replace(/[\s./-]/g, ''), validFrom: null, validTo: null }];
}

function made(system: SystemName, changes: Values): OrderedStep {
  return { system, kind: 'CREATE', changes };
}

/** Those of these that have a value. */
function only(values: Values, names: readonly string[]): Values {
  return Object.fromEntries(
    names.flatMap((name) => (values[name] == null || values[name] === '' ? [] : [[name, values[name]]])),
  );
}
