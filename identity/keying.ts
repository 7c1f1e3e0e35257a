import type { Db } from '../runtime/db/index.ts';
import { ibanOf } from '../schema/iban.ts';
import type { StatedKeys } from './columns.ts';
import {
  foldCountry,
  foldDomain,
  foldEmail,
  foldLei,
  foldName,
  foldTaxId,
  type FactAddress,
  type Facts,
} from './facts.ts';

/** A text for a value of a kind: the same for equal values, and telling nothing of them without the store's secret. */
export type Seal = (kind: string, value: string) => string;

/** Gives the keys under which a customer with these facts is found, and by which it is decided who sees it. */
export type Keying = (facts: Facts) => StatedKeys;

/** A store, and the keying of what is written to its register. */
export interface KeyedStore {
  readonly db: Db;
  readonly keying: Keying;
}

/** Values of a kind that are kept of one record; whoever has more of them is not found by the rest. */
const most = 50;

/** Digits at the end of a telephone number that count: enough to tell lines apart, and few enough to be always dialled. */
const phoneDigits = 8;

/**
 * What is the same in all ways to write a telephone number: its last eight digits, without an extension. Gives '' for
 * what has fewer than six.
 */
export function foldPhone(phone: string): string {
  const [line = ''] = phone
    .normalize('NFKC')
    .toLowerCase()
    .split(/ext|x|#|;/);
  const digits = line.replace(/\D/g, '');
  return digits.length >= 6 && /[1-9]/.test(digits) ? digits.slice(-phoneDigits) : '';
}

/** An address as the index holds it; '' for one that says neither where in a town nor which town. */
export function foldAddress({ street, postalCode, city, country }: FactAddress): string {
  const parts = [
    foldName(street ?? ''),
    foldName(postalCode ?? '').replaceAll(' ', ''),
    foldName(city ?? ''),
    foldCountry(country ?? '')?.toLowerCase() ?? '',
  ];
  return parts.slice(0, 3).some((part) => part !== '') ? parts.join('|') : '';
}

function foldAll<T>(values: readonly T[] | null | undefined, fold: (value: T) => string): string[] {
  const folded = new Set((values ?? []).map(fold));
  folded.delete('');
  return [...folded].sort().slice(0, most);
}

/** The key of whoever is responsible for customers, by e-mail address; '' for what is no such address. */
export function ownerKeyWith(seal: Seal): (email: string) => string {
  return sealedWith(seal, 'account owner', foldEmail);
}

function sealedWith(seal: Seal, kind: string, fold: (value: string) => string) {
  return (value: string): string => {
    const folded = fold(value);
    return folded === '' ? '' : seal(kind, folded);
  };
}

const nullOf = (text: string | undefined): string | null => (text === undefined || text === '' ? null : text);

/** The keying of a store. */
export function keyingWith(seal: Seal): Keying {
  const phone = sealedWith(seal, 'phone', foldPhone);
  const iban = sealedWith(seal, 'iban', (text) => ibanOf(text) ?? '');
  const owner = ownerKeyWith(seal);
  return (facts) => ({
    name: foldName(facts.name ?? ''),
    country: foldCountry(facts.country ?? ''),
    taxIds: foldAll(facts.taxIds, foldTaxId),
    leis: foldAll(facts.leis, foldLei),
    domains: foldAll(facts.domains, foldDomain),
    addresses: foldAll(facts.addresses, foldAddress),
    phones: foldAll(facts.phones, phone),
    ibans: foldAll(facts.ibans, iban),
    segment: nullOf(facts.segment?.trim()),
    accountOwner: nullOf(owner(facts.accountOwner ?? '')),
  });
}
