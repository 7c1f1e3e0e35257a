import { json, unlessTaken, type Route } from '../sandbox/api.ts';
import type { Stored, Table } from '../sandbox/table.ts';
import { blankContact, type ContactBody } from './account.ts';
import { error, expectedVersion, missing, root, stale } from './answers.ts';
import { crmId } from './ids.ts';
import { contactFaultsIn } from './validation.ts';

/** The CRM's API for contacts. A contact has a version of its own: to change it does not move its account. */
export function contactRoutes(contacts: Table<ContactBody>): readonly Route[] {
  return [
    {
      method: 'POST',
      path: `${root}/sobjects/Contact`,
      async serve({ body, headers }) {
        const contact = { ...blankContact, ...(body as Partial<ContactBody>) };
        const faults = contactFaultsIn(contact);
        if (faults.length > 0) return json(400, faults);
        const stored = await contacts.insert(
          { key: crmId('003'), body: contact },
          headers?.['x-request-key'],
        );
        return stored ? json(201, contactOf(stored)) : duplicate;
      },
    },
    {
      method: 'PATCH',
      path: `${root}/sobjects/Contact/:id`,
      async serve({ body, headers }, { id = '' }) {
        const changes = body as Partial<ContactBody>;
        const faults = contactFaultsIn(changes);
        if (faults.length > 0) return json(400, faults);
        return unlessTaken(async () => {
          const version = expectedVersion(headers);
          // Who puts it elsewhere has said where it belongs.
          const put = 'AccountId' in changes ? { ...changes, HomeAccountId__c: null } : changes;
          const changed = await contacts.update(id, put, version, headers?.['x-request-key']);
          if (changed === 'missing') return missing;
          return changed === 'stale' ? stale : json(200, contactOf(changed));
        }, duplicate);
      },
    },
    {
      method: 'DELETE',
      path: `${root}/sobjects/Contact/:id`,
      serve: async (_, { id = '' }) => ((await contacts.remove(id)) === null ? json(204, null) : missing),
    },
    {
      method: 'GET',
      path: `${root}/updated/Contact`,
      async serve({ query }) {
        const limit = 500;
        const { since = '-infinity', afterId = '' } = query ?? {};
        const { records, covered } = await contacts.changedSince(since, afterId, limit);
        return json(200, {
          records: records.map((stored) => ({ ...contactOf(stored), IsDeleted: stored.deleted })),
          done: records.length < limit,
          latestDateCovered: covered,
        });
      },
    },
  ];
}

const duplicate = error(400, 'DUPLICATE_VALUE', 'duplicate value found: External_Id__c');

function contactOf(stored: Stored<ContactBody>): Record<string, unknown> {
  return { ...stored.body, Id: stored.key, SystemModstamp: stored.modified, Version: stored.version };
}
