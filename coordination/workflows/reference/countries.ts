import type { TaxIdKind } from '../../../schema/generated/erp.ts';
import type { EInvoicing, TaxRegime } from './reference.ts';

/** What a country demands, as it is kept here. */
export interface Country {
  readonly taxRegime: TaxRegime;
  readonly taxIdKinds: readonly TaxIdKind[];
  readonly eInvoicing: EInvoicing | null;
  readonly currency: string;
  /** Whether addresses have a postal code, and a region that matters for the tax. */
  readonly postalCode: boolean;
  readonly region: boolean;
  /** Who says so about invoices; the other facts are those of `commonSources`. */
  readonly source: string;
}

/** The day up to which the table was looked through. */
export const asOf = '2026-01-01';

/** Where the tax regimes, kinds of tax id, currencies and forms of addresses are from. */
export const commonSources: readonly string[] = [
  'OECD: Consumption Tax Trends; Tax identification numbers by jurisdiction',
  'European Commission: VAT identification numbers (VIES)',
  'ISO 4217',
  'Universal Postal Union: postal addressing systems',
];

/** Countries under comprehensive measures: nobody there is let in without a person having looked. */
export const restricted: Readonly<Record<string, readonly string[]>> = {
  IR: ['EU Council Regulation 267/2012', 'US 31 CFR 560'],
  KP: ['UN Security Council Resolution 1718', 'EU Council Regulation 2017/1509', 'US 31 CFR 510'],
  CU: ['US 31 CFR 515'],
};

type Row = readonly [
  regime: TaxRegime,
  kinds: string,
  currency: string,
  format: string | null,
  mandatory: 'B2B' | 'B2G' | '',
  source: string,
  /** `-` has no postal codes, `r` has regions that matter. */
  address?: '-' | 'r' | '-r',
];

const eu = 'European Commission: eInvoicing country factsheets';

/** One row for each country that we invoice in. `B2B`: between businesses as well; `B2G`: to public bodies. */
const rows: Readonly<Record<string, Row>> = {
  AE: ['VAT', 'VAT', 'AED', 'PINT AE (Peppol)', '', 'UAE Ministry of Finance: eInvoicing programme', '-'],
  AR: ['VAT', 'LOCAL', 'ARS', 'Factura electrónica', 'B2B', 'ARCA: factura electrónica'],
  AT: ['VAT', 'VAT', 'EUR', 'ebInterface or Peppol BIS', 'B2G', eu],
  AU: ['GST', 'GST', 'AUD', 'Peppol PINT A-NZ', 'B2G', 'Australian Taxation Office: eInvoicing', 'r'],
  BE: [
    'VAT',
    'VAT',
    'EUR',
    'Peppol BIS',
    'B2B',
    'Federal Public Service Finance: electronic invoicing between companies',
  ],
  BG: ['VAT', 'VAT', 'EUR', 'EN 16931', 'B2G', eu],
  BR: ['VAT', 'LOCAL', 'BRL', 'NF-e', 'B2B', 'Receita Federal: Nota Fiscal Eletrônica', 'r'],
  CA: ['GST', 'GST', 'CAD', null, '', 'Canada Revenue Agency: GST/HST', 'r'],
  CH: ['VAT', 'VAT', 'CHF', 'QR-bill or eBill', 'B2G', 'Federal Finance Administration: e-billing'],
  CL: ['VAT', 'LOCAL', 'CLP', 'DTE', 'B2B', 'Servicio de Impuestos Internos: factura electrónica'],
  CN: ['VAT', 'LOCAL', 'CNY', 'e-fapiao', 'B2B', 'State Taxation Administration: fully digitalised e-fapiao'],
  CO: ['VAT', 'LOCAL', 'COP', 'Factura electrónica (UBL 2.1)', 'B2B', 'DIAN: factura electrónica'],
  CZ: ['VAT', 'VAT', 'CZK', 'ISDOC or EN 16931', 'B2G', eu],
  DE: [
    'VAT',
    'VAT',
    'EUR',
    'XRechnung or ZUGFeRD',
    'B2G',
    'Bundesministerium der Finanzen: E-Rechnung, UStG § 14',
  ],
  DK: ['VAT', 'VAT', 'DKK', 'OIOUBL or Peppol BIS', 'B2G', eu],
  EE: ['VAT', 'VAT', 'EUR', 'EN 16931', 'B2G', eu],
  ES: ['VAT', 'VAT', 'EUR', 'Facturae', 'B2G', eu],
  FI: ['VAT', 'VAT', 'EUR', 'Finvoice or TEAPPSXML', 'B2G', eu],
  FR: [
    'VAT',
    'VAT',
    'EUR',
    'Factur-X, UBL or CII',
    'B2G',
    'Direction générale des Finances publiques: facturation électronique',
  ],
  GB: ['VAT', 'VAT', 'GBP', null, '', 'HM Revenue and Customs: VAT invoices'],
  GR: ['VAT', 'VAT', 'EUR', 'myDATA', 'B2G', 'AADE: myDATA'],
  HK: ['NONE', '', 'HKD', null, '', 'Inland Revenue Department: no tax on sales', '-'],
  HR: ['VAT', 'VAT', 'EUR', 'EN 16931 (Fiskalizacija 2.0)', 'B2B', 'Porezna uprava: Fiskalizacija 2.0'],
  HU: ['VAT', 'VAT', 'HUF', 'Online Számla', 'B2G', 'NAV: Online Számla'],
  IE: ['VAT', 'VAT', 'EUR', 'Peppol BIS', 'B2G', eu],
  IN: ['GST', 'GST', 'INR', 'IRP (INV-01)', 'B2B', 'GSTN: e-invoice', 'r'],
  IT: ['VAT', 'VAT', 'EUR', 'FatturaPA (SdI)', 'B2B', 'Agenzia delle Entrate: fatturazione elettronica'],
  JP: [
    'CONSUMPTION_TAX',
    'LOCAL',
    'JPY',
    'Peppol PINT JP',
    '',
    'National Tax Agency: qualified invoice system',
  ],
  KR: ['VAT', 'LOCAL', 'KRW', 'e-Tax invoice', 'B2B', 'National Tax Service: e-tax invoice'],
  LT: ['VAT', 'VAT', 'EUR', 'SABIS (Peppol BIS)', 'B2G', eu],
  LU: ['VAT', 'VAT', 'EUR', 'Peppol BIS', 'B2G', eu],
  LV: ['VAT', 'VAT', 'EUR', 'Peppol BIS', 'B2G', eu],
  MX: ['VAT', 'LOCAL', 'MXN', 'CFDI 4.0', 'B2B', 'SAT: factura electrónica'],
  NL: ['VAT', 'VAT', 'EUR', 'Peppol BIS or SI-UBL', 'B2G', eu],
  NO: [
    'VAT',
    'VAT',
    'NOK',
    'EHF (Peppol BIS)',
    'B2G',
    'Norwegian Agency for Public and Financial Management: EHF',
  ],
  NZ: [
    'GST',
    'GST',
    'NZD',
    'Peppol PINT A-NZ',
    'B2G',
    'Ministry of Business, Innovation and Employment: eInvoicing',
  ],
  PL: ['VAT', 'VAT', 'PLN', 'FA(3) (KSeF)', 'B2G', 'Ministerstwo Finansów: KSeF'],
  PT: ['VAT', 'VAT', 'EUR', 'CIUS-PT', 'B2G', eu],
  RO: ['VAT', 'VAT', 'RON', 'RO_CIUS (RO e-Factura)', 'B2B', 'ANAF: RO e-Factura'],
  SA: ['VAT', 'VAT', 'SAR', 'ZATCA XML (FATOORA)', 'B2B', 'ZATCA: e-invoicing'],
  SE: ['VAT', 'VAT', 'SEK', 'Peppol BIS', 'B2G', eu],
  SG: ['GST', '', 'SGD', 'Peppol PINT SG (InvoiceNow)', '', 'IMDA: InvoiceNow'],
  SI: ['VAT', 'VAT', 'EUR', 'eSLOG', 'B2G', eu],
  SK: ['VAT', 'VAT', 'EUR', 'EN 16931', 'B2G', eu],
  TR: ['VAT', 'LOCAL', 'TRY', 'e-Fatura', 'B2B', 'Revenue Administration: e-Fatura'],
  TW: ['VAT', 'LOCAL', 'TWD', 'eGUI', 'B2B', 'Ministry of Finance: e-invoice platform'],
  US: ['SALES_TAX', 'EIN', 'USD', null, '', 'Internal Revenue Service: employer identification numbers', 'r'],
  ZA: ['VAT', 'VAT', 'ZAR', null, '', 'South African Revenue Service: VAT invoices'],
};

/** By ISO 3166-1 code. */
export const countries: ReadonlyMap<string, Country> = new Map(
  Object.entries(rows).map(
    ([code, [taxRegime, kinds, currency, format, mandatory, source, address = '']]) => [
      code,
      {
        ...{ taxRegime, currency, source },
        taxIdKinds: kinds === '' ? [] : (kinds.split(' ') as TaxIdKind[]),
        eInvoicing: format === null ? null : { format, mandatory: mandatory === 'B2B' },
        postalCode: !address.includes('-'),
        region: address.includes('r'),
      },
    ],
  ),
);
