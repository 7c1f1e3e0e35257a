import { domainToASCII } from 'node:url';
import type { Refine } from './rule.ts';

const dotAtom = /^[^\s.@"(),:;<>[\\\]]+(\.[^\s.@"(),:;<>[\\\]]+)*$/u;
const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * An e-mail address to which mail can be sent across the Internet: an unquoted name at a domain name that is not a
 * number. Domains are written in small letters; the name before the sign may depend on its case, and stays.
 */
export const email: Refine = (text) => {
  const at = text.lastIndexOf('@');
  const [name, domain] = [text.slice(0, at), text.slice(at + 1)];
  const labels = domainToASCII(domain).split('.');
  const isDomain =
    labels.length > 1 && labels.every((one) => label.test(one)) && !/^\d+$/.test(labels.at(-1) ?? '');
  if (!dotAtom.test(name))
    return { wrong: 'Give an e-mail address with a plain name before the @, such as ada@example.com.' };
  if (!isDomain)
    return { wrong: 'Give an e-mail address with a domain name after the @, such as ada@example.com.' };
  return { written: `${name}@${domain.replace(/[A-Z]/g, (letter) => letter.toLowerCase())}` };
};
