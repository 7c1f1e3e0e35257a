import { isIP } from 'node:net';
import { bareHost, isPublic } from '../../runtime/address.ts';
import type { Refusal } from './refusal.ts';

const longest = 2048;

/**
 * The address of an endpoint, in the one form that the same address always has, or why it cannot be one. Where a name
 * leads is seen only when it is connected to, each time anew. Pure.
 * @param allowPrivate whether addresses of private networks, and without TLS, are allowed
 */
export function endpointUrl(text: string, allowPrivate: boolean): URL | Refusal {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    return invalid('The address must be an absolute https URL.');
  if (url.href.length > longest) return invalid(`The address is longer than ${longest} characters.`);
  if (url.username !== '' || url.password !== '')
    return invalid('The address must not contain a user or a password; deliveries are signed instead.');
  if (url.hash !== '') return invalid('The address must not contain a fragment; it is never sent.');
  if (allowPrivate) return url;
  if (url.protocol !== 'https:')
    return invalid('The address must begin with https: what is sent is not for everybody.');
  const host = bareHost(url.hostname);
  const local = host === 'localhost' || host.endsWith('.localhost');
  if (local || (isIP(host) !== 0 && !isPublic(host))) {
    return {
      code: 'ADDRESS_NOT_ALLOWED',
      message: 'The address leads to a private network; give one that is reached over the public one.',
    };
  }
  return url;
}

const invalid = (message: string): Refusal => ({ code: 'INVALID_URL', message });
