import { checkerOf, type ValueRefusal } from '../../coordination/rules/index.ts';

/** An entity with an attribute of each type that has rules, whatever the published contract governs. */
const sdl = `
  enum TaxIdKind { VAT GST EIN LOCAL }
  input MoneyInput { amount: Decimal! currency: CurrencyCode! }
  input AddressInput { lines: [String!]! city: String region: String postalCode: String country: CountryCode }
  input TaxRegistrationInput { country: CountryCode! kind: TaxIdKind! number: String! validFrom: Date validTo: Date }
  input BankAccountInput { iban: IBAN! holder: String }
  input TreeInput { text: String branches: [TreeInput!] }
  input ThingChangesInput {
    text: String, id: ID, flag: Boolean, count: Int, share: Float, texts: [String!]
    decimal: Decimal, day: Date, instant: DateTime, currency: CurrencyCode, country: CountryCode
    language: LanguageTag, web: URL, email: EmailAddress, phone: PhoneNumber, lei: LEI, iban: IBAN
    money: MoneyInput, address: AddressInput, addresses: [AddressInput!]
    tax: TaxRegistrationInput, taxes: [TaxRegistrationInput!], account: BankAccountInput, tree: TreeInput
  }
`;

export const check = checkerOf(sdl);

/** Names of the attributes. */
export const attributes = [...sdl.slice(sdl.indexOf('ThingChanges')).matchAll(/(\w+): /g)].map(
  ([, name]) => name ?? '',
);

/** The form in which a value is written; fails where it is refused. */
export function written(attribute: string, value: unknown): unknown {
  const { values, refusals } = check('Thing', { [attribute]: value });
  if (refusals.length > 0) throw new Error(`refused: ${JSON.stringify(refusals)}`);
  return values[attribute];
}

/** Where and how a value is refused: `path code` each, a dot between the steps. */
export function refusedAt(attribute: string, value: unknown): readonly string[] {
  return refusals(attribute, value).map(({ path, code }) => `${path.join('.')} ${code}`.trim());
}

export function refusals(attribute: string, value: unknown): readonly ValueRefusal[] {
  return check('Thing', { [attribute]: value }).refusals;
}
