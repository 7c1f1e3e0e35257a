/** Two values of every governed attribute of a customer, as an owner has them. */
export const samples: Readonly<Record<string, { readonly old: unknown; readonly new: unknown }>> = {
  invoiceDelivery: {
    old: { channel: 'POST', email: null },
    new: { channel: 'EMAIL', email: 'invoices@example.com' },
  },
  dunningState: { old: 'NONE', new: 'REMINDED' },
  provisioningId: { old: 'p-1', new: 'p-2' },
  bankAccount: {
    old: { iban: 'DE89370400440532013000', holder: 'Old Ltd' },
    new: { iban: 'GB82WEST12345698765432', holder: 'New Ltd' },
  },
  taxRegistrations: {
    old: null,
    new: [{ country: 'DE', kind: 'VAT', number: 'DE136695976', validFrom: '2024-01-01', validTo: null }],
  },
  shippingAddresses: {
    old: [{ lines: ['1 Dock Road'], city: 'Hull', region: null, postalCode: null, country: 'GB' }],
    new: [],
  },
  name: { old: 'Old Ltd', new: 'New Ltd' },
  segment: { old: 'SMALL_BUSINESS', new: 'MID_MARKET' },
  industry: { old: 'Mining', new: 'Retail' },
  website: { old: 'https://old.example/', new: 'https://new.example/' },
  phone: { old: '+442071838750', new: null },
  employees: { old: 10, new: 100 },
  language: { old: 'en', new: 'de' },
  channels: { old: ['DIRECT'], new: ['WEB', 'PHONE'] },
  accountOwner: { old: { name: 'Ada', email: null }, new: { name: 'Grace', email: 'grace@example.com' } },
  declared: {
    old: null,
    new: {
      legalName: 'New Limited',
      country: 'GB',
      lines: ['1 High Street'],
      city: 'Leeds',
      region: null,
      postalCode: 'LS1 1AA',
      taxId: null,
      registrationNumber: '12345678',
      currency: 'GBP',
      invoiceEmail: 'invoices@example.com',
    },
  },
  parent: { old: null, new: '0190a6c0-0000-7000-8000-000000000001' },
  legalEntity: {
    old: { registeredName: 'Old Ltd', lei: null, country: 'GB', registrationNumber: '1', legalForm: 'Ltd' },
    new: { registeredName: 'New Ltd', lei: null, country: 'GB', registrationNumber: '1', legalForm: 'Ltd' },
  },
  taxClassification: { old: 'STANDARD', new: 'EXEMPT' },
  paymentTerms: { old: { code: 'N030' }, new: { code: 'N060' } },
  creditLimit: { old: { amount: '100.00', currency: 'EUR' }, new: { amount: '200.00', currency: 'EUR' } },
  creditStatus: { old: 'APPROVED', new: 'BLOCKED' },
  billingStructure: {
    old: { mode: 'STANDALONE', billTo: null },
    new: { mode: 'CONSOLIDATING', billTo: null },
  },
  billingAddress: {
    old: { lines: ['1 High Street'], city: 'Leeds', region: null, postalCode: 'LS1 1AA', country: 'GB' },
    new: { lines: ['2 High Street'], city: 'Leeds', region: null, postalCode: 'LS1 1AB', country: 'GB' },
  },
};
