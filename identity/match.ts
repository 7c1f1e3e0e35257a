import type { IdentifierKind } from '../schema/generated/identity.ts';
import type { MatchKeys } from './facts.ts';

/**
 * Domains where anybody may have a mailbox: customers are found by them, but two that share one have nothing in common.
 * The largest public providers; a missing one only shows as a domain in common.
 */
const freeMailDomains: ReadonlySet<string> = new Set(
  `aol.com fastmail.com free.fr gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net googlemail.com hotmail.co.uk hotmail.com
   hotmail.fr icloud.com laposte.net libero.it live.com mac.com mail.com mail.ru me.com msn.com naver.com orange.fr
   outlook.com pm.me posteo.de proton.me protonmail.com qq.com t-online.de uol.com.br virgilio.it wanadoo.fr web.de
   yahoo.co.jp yahoo.co.uk yahoo.com yahoo.de yahoo.fr yandex.ru ymail.com zoho.com 126.com 163.com`.split(
    /\s+/,
  ),
);

function overlap(ours: readonly string[], theirs: readonly string[]): boolean {
  return ours.some((value) => theirs.includes(value));
}

/** The kinds of identifier that two customers have in common, strongest first. */
export function sharedIdentifiers(
  ours: Pick<MatchKeys, 'taxIds' | 'leis' | 'domains'>,
  theirs: Pick<MatchKeys, 'taxIds' | 'leis' | 'domains'>,
): readonly IdentifierKind[] {
  const shared: IdentifierKind[] = [];
  if (overlap(ours.taxIds, theirs.taxIds)) shared.push('TAX_ID');
  if (overlap(ours.leis, theirs.leis)) shared.push('LEI');
  const own = ours.domains.filter((domain) => !freeMailDomains.has(domain));
  if (overlap(own, theirs.domains)) shared.push('DOMAIN');
  return shared;
}
