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

/** The domains that belong to a customer, out of those that it is found by. */
export function ownDomains(domains: readonly string[]): readonly string[] {
  return domains.filter((domain) => !freeMailDomains.has(domain));
}
