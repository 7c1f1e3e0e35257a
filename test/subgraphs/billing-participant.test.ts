import { billingSubject } from './billing-subject.ts';
import { participantSuite } from './participant-suite.ts';

participantSuite(billingSubject, {
  wanted: () => ({
    invoiceDelivery: { channel: 'POST', email: null },
    dunningState: 'REMINDED',
    bankAccount: { iban: 'DE89370400440532013000', holder: 'Alfreds Futterkiste GmbH' },
    provisioningId: 'acct-other',
  }),
  copied: {
    name: 'Alfreds',
    legalEntity: {
      ...{ registeredName: 'Alfreds Feinkost AG', lei: null, country: 'AT' },
      ...{ registrationNumber: 'FN 1234x', legalForm: 'AG' },
    },
    paymentTerms: {
      ...{ code: 'D230', description: '2 % within 10 days, net 30 days', netDays: 30 },
      ...{ discountPercent: '2', discountDays: 10 },
    },
    billingAddress: {
      ...{ lines: ['Kärntner Ring 1'], city: 'Wien', region: null },
      ...{ postalCode: '1010', country: 'AT' },
    },
  },
  fixed: { billingCurrency: 'CHF' },
  missing: [],
  refused: {
    invoiceDelivery: { channel: 'EMAIL', email: null },
    bankAccount: { iban: 'DE89370400440532013001', holder: 'Alfreds Futterkiste GmbH' },
  },
  names: null,
});
