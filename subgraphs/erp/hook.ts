import { z } from 'zod';
import type { HintedRows } from '../lists.ts';
import type { Message } from '../sandbox/hook.ts';

const prefix = 'sap.s4.beh.businesspartner.v1.BusinessPartner.';
const types = { CREATE: 'Created.v1', UPDATE: 'Changed.v1', DELETE: 'Deleted.v1' } as const;

/** A business event of the ERP: a CloudEvent that names the partner. */
const event = z.object({ type: z.string(), data: z.record(z.string(), z.unknown()) });
const partner = z.object({ BusinessPartner: z.string() });

/** A business event of the ERP. */
export const message: Message = ({ seq, at, key, kind }) => ({
  specversion: '1.0',
  type: prefix + types[kind],
  source: '/default/sap.s4.beh/sandbox',
  id: seq,
  time: at,
  datacontenttype: 'application/json',
  data: { BusinessPartner: key },
});

/** The partners that a business event is about. */
export function hintedIn(body: unknown): readonly HintedRows[] | null {
  const { data } = event.safeParse(body);
  if (!data) return null;
  if (!data.type.startsWith(prefix)) return [];
  const named = partner.safeParse(data.data);
  return named.success ? [{ key: named.data.BusinessPartner }] : null;
}
