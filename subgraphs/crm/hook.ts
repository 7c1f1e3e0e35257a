import { z } from 'zod';
import type { HintedRows } from '../lists.ts';
import type { Message } from '../sandbox/hook.ts';

/** What the CRM says was done: ids and which kind of record, never what it is like. */
const event = z.object({
  payload: z.object({
    ChangeEventHeader: z.object({
      entityName: z.string(),
      changeType: z.enum(['CREATE', 'UPDATE', 'DELETE']),
      recordIds: z.array(z.string()),
    }),
    /** The account that a contact belongs to. */
    AccountId: z.string().optional(),
  }),
});

const entities: Readonly<Record<string, string>> = { crm_account: 'Account', crm_contact: 'Contact' };

/** A change event of the CRM. */
export const message: Message = ({ seq, at, entity, key, kind, body }) => {
  const entityName = entities[entity];
  if (entityName === undefined) return null;
  const header = { entityName, changeType: kind, recordIds: [key], commitTimestamp: Date.parse(at) };
  const owner = entityName === 'Contact' ? { AccountId: body.AccountId } : {};
  return { event: { replayId: Number(seq) }, payload: { ChangeEventHeader: header, ...owner } };
};

/** The accounts that a change event is about. */
export function hintedIn(body: unknown): readonly HintedRows[] | null {
  const { data } = event.safeParse(body);
  if (!data) return null;
  const { ChangeEventHeader: header, AccountId: account } = data.payload;
  switch (header.entityName) {
    case 'Account':
      return header.recordIds.map((key) => ({ key }));
    case 'Contact':
      return account === undefined ? null : [{ key: account, moved: ['Contact'] }];
    default:
      return [];
  }
}
