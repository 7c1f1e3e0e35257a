import { z } from 'zod';
import type { SystemName } from '../identity/index.ts';
import { fates, type Draft } from './change.ts';

const decimal = z.string().regex(/^\d{1,18}$/);
const name = z.string().min(1);
const names = z.array(name);

const form = z.object({
  source: z.enum(['WRITE', 'FEED', 'WEBHOOK', 'SWEEP']),
  entity: name,
  entityId: z.guid().toLowerCase(),
  system: name.transform((system) => system as SystemName),
  key: name,
  version: z.string().nullable().default(null),
  foundVersion: z.string().nullable().default(null),
  fingerprints: z.record(name, z.string()).nullable(),
  written: names.nullable().default(null),
  touched: names.default([]),
  since: decimal.nullable().default(null),
  known: z.boolean().default(false),
  cause: z.object({ requestId: name, correlationId: name }).nullable().default(null),
  fate: z.enum(fates).nullable().default(null),
});

/** A draft out of the outbox, as everybody may have put it there: or a sentence that says why it is none. */
export function draftIn(stored: unknown): Draft | string {
  const read = form.safeParse(stored);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  return `Not a draft: "${issue?.path.join('.') ?? ''}": ${issue?.message ?? 'malformed'}.`;
}
