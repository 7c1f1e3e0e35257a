import { erpSubject } from './erp-subject.ts';
import { participantSuite } from './participant-suite.ts';

const address = (lines: string[]) => ({
  lines,
  city: 'Wien',
  region: null,
  postalCode: '1010',
  country: 'AT',
});

participantSuite(erpSubject, {
  wanted: (other) => ({
    legalEntity: {
      ...{ registeredName: 'Alfreds Feinkost AG', lei: null, country: 'AT' },
      ...{ registrationNumber: 'FN 1234x', legalForm: 'AG' },
    },
    taxRegistrations: [
      { country: 'AT', kind: 'VAT', number: 'ATU12345678', validFrom: '2026-01-01', validTo: null },
      { country: 'GB', kind: 'VAT', number: 'XI987654321', validFrom: null, validTo: null },
      { country: 'US', kind: 'EIN', number: '123456780', validFrom: null, validTo: '2026-12-31' },
    ],
    taxClassification: 'REVERSE_CHARGE',
    paymentTerms: { code: 'N014' },
    creditLimit: { amount: '1200.50', currency: 'EUR' },
    creditStatus: 'BLOCKED',
    billingStructure: { mode: 'BILLED_TO_OTHER', billTo: other },
    billingAddress: address(['Kärntner Ring 1']),
    shippingAddresses: [address(['Tor 1', 'Kärntner Ring 1']), address(['Tor 2'])],
  }),
  copied: { name: 'Alfreds' },
  fixed: {},
  missing: ['name', 'legalEntity', 'paymentTerms', 'billingAddress'],
  refused: {
    taxRegistrations: [{ country: 'DE', kind: 'EIN', number: '12', validFrom: null, validTo: null }],
    paymentTerms: { code: 'N031' },
    creditLimit: { amount: '-1', currency: 'EUR' },
    billingStructure: { mode: 'BILLED_TO_OTHER', billTo: null },
    billingAddress: address(['1', '2', '3', '4', '5', '6']),
    shippingAddresses: [address(['x'.repeat(61)])],
  },
  names: { attribute: 'billingStructure', field: 'BillToParty' },
});
