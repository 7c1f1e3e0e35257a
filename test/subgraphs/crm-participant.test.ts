import { crmSubject } from './crm-subject.ts';
import { participantSuite } from './participant-suite.ts';

participantSuite(crmSubject, {
  wanted: (other) => ({
    name: 'Alfreds Feinkost',
    segment: 'ENTERPRISE',
    industry: 'Food',
    website: 'https://alfreds.example/',
    phone: '+49 30 0076545',
    employees: 1200,
    language: 'de-AT',
    channels: ['PHONE'],
    accountOwner: { name: 'Janet Leverling', email: null },
    parent: other,
    declared: {
      legalName: 'Alfreds Feinkost GmbH',
      country: 'DE',
      lines: ['Obere Strasse 57', 'Hinterhaus'],
      city: 'Berlin',
      region: null,
      postalCode: '12209',
      taxId: 'DE136695976',
      registrationNumber: 'HRB 1',
      currency: 'EUR',
      invoiceEmail: 'rechnung@alfreds.example',
    },
  }),
  copied: {},
  fixed: { lifecycleStatus: 'ONBOARDING' },
  missing: ['name'],
  refused: {
    name: ' ',
    industry: 'x'.repeat(121),
    employees: -1,
    language: 'DE',
    declared: { country: 'Germany' },
  },
  names: { attribute: 'parent', field: 'ParentId' },
});
