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
  }),
  copied: {},
  fixed: { lifecycleStatus: 'ONBOARDING' },
  missing: ['name'],
  refused: {
    name: ' ',
    industry: 'x'.repeat(121),
    employees: -1,
    language: 'DE',
  },
  names: { attribute: 'parent', field: 'ParentId' },
});
