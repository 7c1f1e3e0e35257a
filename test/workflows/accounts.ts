/** A company as sales enters it, with valid identifiers of its country. */
export type Company = Readonly<Record<string, unknown>> & { readonly Name: string };

/** A multinational: the group's head first, then its companies. Identifiers have the right check digits, and are nobody's. */
export const group: readonly Company[] = [
  {
    Name: 'Aurelia Instruments Holding AG',
    Legal_Name__c: 'Aurelia Instruments Holding AG',
    Customer_Segment__c: 'Enterprise',
    Website: 'https://aurelia-instruments.example',
    BillingCountryCode: 'DE',
    BillingStreet: 'Hafenstrasse 12',
    BillingCity: 'Hamburg',
    BillingPostalCode: '20457',
    Tax_Id__c: 'DE136695976',
    Registration_Number__c: 'HRB 99001',
    Invoice_Email__c: 'invoices@aurelia-instruments.example',
  },
  {
    Name: 'Aurelia Instruments France SAS',
    Customer_Segment__c: 'Mid-Market',
    Website: 'https://aurelia-instruments.example/fr',
    BillingCountryCode: 'FR',
    BillingStreet: '4 rue de la Manufacture',
    BillingCity: 'Lyon',
    BillingPostalCode: '69003',
    Tax_Id__c: 'FR40303265045',
  },
  {
    Name: 'Aurelia Instruments Inc.',
    Customer_Segment__c: 'Mid-Market',
    Website: 'https://us.aurelia-instruments.example',
    BillingCountryCode: 'US',
    BillingStreet: '77 Harbor Drive\nSuite 400',
    BillingCity: 'Portland',
    BillingState: 'OR',
    BillingPostalCode: '97209',
    Tax_Id__c: '91-1144442',
  },
  {
    Name: 'Aurelia Strumenti S.r.l.',
    Customer_Segment__c: 'Small Business',
    BillingCountryCode: 'IT',
    BillingStreet: 'Via del Porto 9',
    BillingCity: 'Genova',
    BillingPostalCode: '16126',
    Tax_Id__c: 'IT00743110157',
  },
];
