import { z } from 'zod';
import { Failure } from '../../../runtime/failure.ts';
import type { Guard } from '../../../runtime/guard.ts';
import type { Post } from '../../../runtime/http.ts';
import type { Enrichment, Reference, Subject } from './reference.ts';

export interface RemoteOptions {
  /** Where the provider answers: it is sent a `Subject` by POST, and gives an `Enrichment`, both as JSON. */
  readonly url: string;
  readonly post: Post;
  readonly guard: Guard;
  /** Milliseconds for which an answer is kept. */
  readonly keep?: number;
}

/** Answers that are kept at most. */
const most = 1_000;
const hour = 3_600_000;

const answer = z.object({
  country: z.string(),
  taxRegime: z.enum(['VAT', 'GST', 'SALES_TAX', 'CONSUMPTION_TAX', 'NONE']),
  taxIdKinds: z.array(z.enum(['VAT', 'GST', 'EIN', 'LOCAL'])),
  taxClassification: z.enum(['STANDARD', 'REDUCED', 'EXEMPT', 'REVERSE_CHARGE', 'OUT_OF_SCOPE']),
  eInvoicing: z.object({ format: z.string().max(200), mandatory: z.boolean() }).nullable(),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .nullable(),
  address: z.object({ postalCode: z.boolean(), region: z.boolean() }),
  sanctions: z.object({
    verdict: z.enum(['CLEAR', 'REVIEW', 'NOT_SCREENED']),
    lists: z.array(z.string().max(200)).max(50),
  }),
  sources: z.array(z.string().max(200)).max(50),
  asOf: z.iso.date(),
});

/** A reference that somebody else provides over HTTP; what it said is kept for an hour. */
export function remoteReference({ url, post, guard, keep = hour }: RemoteOptions): Reference {
  const target = new URL(url);
  const kept = new Map<string, { readonly until: number; readonly enrichment: Enrichment }>();

  async function asked(of: Subject, timeout: number, signal: AbortSignal): Promise<Enrichment> {
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    const { status, text } = await post(target, headers, JSON.stringify(of), { timeout, signal });
    if (status === 429) throw new Failure('RATE_LIMITED', 'The reference limits the rate of calls.');
    const read = status === 200 ? answer.safeParse(parsed(text)) : null;
    if (read?.success && read.data.country === of.country) return read.data;
    throw new Failure(
      'SYSTEM_UNAVAILABLE',
      `The reference gave no answer that can be used (HTTP ${status}).`,
    );
  }

  return {
    async enrich(of, context) {
      const key = JSON.stringify([of.country, of.name, of.segment]);
      const known = kept.get(key);
      if (known && known.until > performance.now()) return known.enrichment;
      const left = context.deadline - Date.now();
      const enrichment = await guard(context, (signal) => asked(of, left, signal), { retry: true });
      // A map keeps the order of insertion: what was asked first goes first.
      kept.delete(key);
      kept.set(key, { until: performance.now() + keep, enrichment });
      const [oldest] = kept.keys();
      if (kept.size > most && oldest !== undefined) kept.delete(oldest);
      return enrichment;
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
