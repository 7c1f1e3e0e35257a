import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { Config } from '../runtime/config.ts';
import { sealOf } from '../runtime/seal.ts';
import { fail, ok, warn, type Found } from './finding.ts';

const day = 86_400_000;
/** Days before its end from which a certificate is warned of. */
const notice = 21;

/** The certificate of the door, and whether its key is its own. Pure. */
export function certificate({ tlsCert, tlsKey }: Pick<Config, 'tlsCert' | 'tlsKey'>, now: number): Found {
  if (tlsCert === undefined || tlsKey === undefined) return ok('TLS is not ended here');
  const renew = 'Put a new one into TLS_CERT_FILE and TLS_KEY_FILE, and start again.';
  let found: X509Certificate;
  try {
    found = new X509Certificate(tlsCert);
    if (!found.checkPrivateKey(createPrivateKey(tlsKey)))
      return fail('TLS_KEY is not the key of TLS_CERT', renew);
  } catch {
    return fail('TLS_CERT or TLS_KEY cannot be read', renew);
  }
  const [from, to] = [found.validFromDate, found.validToDate];
  const days = Math.floor((to.getTime() - now) / day);
  if (now < from.getTime())
    return fail(`the certificate is valid from ${from.toISOString()} on`, 'Compare the clock, or renew it.');
  if (days < 0) return fail(`the certificate ended on ${to.toISOString()}`, renew);
  const says = `the certificate is valid until ${to.toISOString()}`;
  return days < notice ? warn(`${says}, for ${days} days`, renew) : ok(says);
}

/** Who signs the audit. Pure. */
export function auditKey({
  roles,
  auditKey: key,
  databaseUrl,
  nodeEnv,
}: Pick<Config, 'roles' | 'auditKey' | 'databaseUrl' | 'nodeEnv'>): Found {
  if (!roles.has('audit')) return ok('the audit is signed by another process');
  if (key !== undefined) return ok(`the audit is signed by the key ${sealOf(key).keyId}`);
  const set =
    'Set AUDIT_KEY_FILE to a key of "openssl genpkey -algorithm ed25519", kept apart from the store.';
  if (nodeEnv === 'production') return fail('nothing signs the audit, which production asks for', set);
  return databaseUrl === undefined
    ? warn('the audit is signed by a key beside the embedded store, which whoever has the store has too', set)
    : warn('the audit is not signed: whoever can rewrite the store can rewrite it unnoticed', set);
}
