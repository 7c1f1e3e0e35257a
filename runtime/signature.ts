import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';

/** Seconds that a message's time may differ from ours, either way: as the library has it. */
const tolerance = 300;

/** The fewest and the most bytes of a secret, as Standard Webhooks has them. */
const [fewest, most] = [24, 64];

/** A secret as Standard Webhooks writes it: `whsec_` and base64 of 24 to 64 bytes. */
export const webhookSecret = z.string().refine((secret) => {
  const [, coded] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? [];
  if (coded === undefined || coded.length % 4 !== 0) return false;
  const { length } = Buffer.from(coded, 'base64');
  return length >= fewest && length <= most;
}, 'must be whsec_ and base64 of 24 to 64 bytes');

/** A new secret. */
export function newWebhookSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

/**
 * The headers of a message by Standard Webhooks. With several secrets it is signed with each, so that a receiver who
 * knows any of them accepts it.
 */
export function signedHeaders(
  secrets: readonly string[],
  { id, at, body }: { readonly id: string; readonly at: Date; readonly body: string },
): Readonly<Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
  };
}

/** What a signature says of a message: nobody but the sender made it, somebody else may have, or it is not of now. */
export type Verdict = 'GENUINE' | 'FORGED' | 'UNTIMELY';

/**
 * Checks a message's signature over its id, its time and its body as it came, in constant time, against each of the
 * secrets.
 */
export function verdictOf(
  secrets: readonly string[],
  headers: Readonly<Record<string, unknown>>,
  body: string,
  now: Date = new Date(),
): Verdict {
  const id = headers['webhook-id'];
  const time = headers['webhook-timestamp'];
  const signature = headers['webhook-signature'];
  if (typeof id !== 'string' || typeof time !== 'string' || typeof signature !== 'string') return 'FORGED';
  if (!/^\d{1,12}$/.test(time)) return 'FORGED';
  if (Math.abs(now.getTime() / 1000 - Number(time)) > tolerance) return 'UNTIMELY';
  const signed = { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': signature };
  // Every secret is tried, whichever fits: how long it takes does not say which.
  return secrets.filter((secret) => isSigned(secret, signed, body)).length > 0 ? 'GENUINE' : 'FORGED';
}

function isSigned(secret: string, headers: Record<string, string>, body: string): boolean {
  try {
    new Webhook(secret).verify(body, headers, { jsonParse: false });
    return true;
  } catch {
    return false;
  }
}
