import { z } from 'zod';
import type { Queryable } from '../../runtime/db/index.ts';
import { json, unlessTaken, type Route } from '../sandbox/api.ts';
import type { Stored, Table } from '../sandbox/table.ts';
import type { WireResponse } from '../wire.ts';
import { duplicate, expectedVersion, missing, refusal, root, stale, unconditional } from './answers.ts';
import { properties } from './properties.ts';
import { termsTable } from './terms-table.ts';
import {
  accepted,
  blankPartner,
  invalid,
  lacking,
  type Checked,
  type ErpDetail,
  type PartnerBody,
} from './validation.ts';

const pageSize = 500;
const partners = `${root}/A_BusinessPartner`;
const names = Object.keys(properties.shape);
const expandable = names.filter((name) => name.startsWith('to_'));

const question = z.strictObject({
  filter: z.array(z.string()).max(pageSize),
  select: z.array(z.enum(names.filter((name) => !name.startsWith('to_')))),
  expand: z.array(z.enum(expandable)),
});

const payer = z.object({ BillToParty: properties.shape.BillToParty });

/** The ERP's API for business partners. */
export function partnerRoutes(db: Queryable, table: Table<PartnerBody>): readonly Route[] {
  /** What the ERP accepts of a record, or all that it does not. */
  async function checkedBy(given: unknown, number?: string): Promise<Checked> {
    const checked = accepted(given);
    const wrong = [await payerRefused(given, number), await liftRefused(checked, number)];
    const refused = wrong.filter((one) => one !== null);
    if (refused.length === 0) return checked;
    return { refused: [...('refused' in checked ? checked.refused : []), ...refused] };
  }

  /** Who has no credit is not sold to again. */
  async function liftRefused(checked: Checked, number?: string): Promise<ErpDetail | null> {
    if ('refused' in checked || checked.body.OrderIsBlockedForCustomer !== '' || number === undefined)
      return null;
    const [present] = await table.read([number]);
    const { CreditAccountIsBlocked: blocked = present?.body.CreditAccountIsBlocked } = checked.body;
    const message = 'must not be lifted while the credit account is blocked';
    return blocked === true ? invalid('OrderIsBlockedForCustomer', message) : null;
  }

  /** Whoever is billed instead is another partner that exists. */
  async function payerRefused(given: unknown, number?: string): Promise<ErpDetail | null> {
    const { data } = payer.safeParse(given);
    if (data?.BillToParty == null) return null;
    if (data.BillToParty === number) return invalid('BillToParty', 'must be another business partner');
    const found = await table.read([data.BillToParty]);
    return found.length > 0 ? null : invalid('BillToParty', 'must be a business partner that exists');
  }

  return [
    {
      method: 'POST',
      path: `${partners}/$query`,
      async serve({ body }) {
        const asked = question.safeParse(body);
        if (!asked.success)
          return refusal(asked.error.issues.map((one) => invalid(one.path.join('/'), one.message)));
        const { filter, select, expand } = asked.data;
        const found = await table.read(filter);
        return json(200, { value: found.map((stored) => partnerOf(stored, [...select, ...expand])) });
      },
    },
    {
      method: 'GET',
      path: partners,
      async serve({ query = {} }) {
        const { LastChangeDate: date, LastChangeTime: time = '00:00:00', $skiptoken: after = '' } = query;
        const since = date === undefined ? '-infinity' : `${date}T${time}Z`;
        if (date !== undefined && !z.iso.datetime().safeParse(since).success) {
          return refusal([invalid('LastChangeDate', 'must be a day, and LastChangeTime a time of it')]);
        }
        const [clock] = await db.query<{ now: string }>('select clock_timestamp() as now');
        const { records: changed } = await table.changedSince(since, after, pageSize + 1);
        const page = changed.slice(0, pageSize).map((stored) => partnerOf(stored, names));
        const more = changed.length > pageSize;
        return json(200, { value: page, more }, { date: new Date(clock?.now ?? NaN).toUTCString() });
      },
    },
    {
      method: 'GET',
      path: `${partners}/ExternalReference/:reference`,
      async serve(_, { reference = '' }) {
        const stored = await table.byExternal(reference);
        return stored ? answer(200, stored) : missing;
      },
    },
    {
      method: 'GET',
      path: `${partners}/YY1_CustomerId/:customer`,
      async serve(_, { customer = '' }) {
        const stored = await table.byCustomer(customer);
        return stored ? answer(200, stored) : missing;
      },
    },
    {
      method: 'GET',
      path: `${partners}/:number`,
      async serve(_, { number = '' }) {
        const [stored] = await table.read([number]);
        return stored ? answer(200, stored) : missing;
      },
    },
    {
      method: 'POST',
      path: partners,
      async serve({ body, headers, query }) {
        const given = { ...blankPartner, ...(body as Partial<PartnerBody>) };
        const checked = await checkedBy(given);
        const wrong = 'refused' in checked ? checked.refused : [];
        const known = new Set(wrong.map(({ propertyref }) => propertyref.split('/')[0]));
        const lacks = lacking(given).filter(({ propertyref }) => !known.has(propertyref.split('/')[0]));
        if ('refused' in checked || lacks.length > 0) return refusal([...wrong, ...lacks]);
        if (query?.$validateOnly === 'true') return json(204, null);
        const [next] = await db.query<{ number: string }>(
          `select nextval('erp_business_partner_number') as number`,
        );
        const draft = { key: partnerNumber(next?.number ?? ''), body: { ...blankPartner, ...checked.body } };
        const stored = await table.insert(draft, headers?.['x-request-key']);
        return stored ? answer(201, stored) : duplicate;
      },
    },
    {
      method: 'PATCH',
      path: `${partners}/:number`,
      async serve({ body, headers = {}, query = {} }, { number = '' }) {
        const dry = query.$validateOnly === 'true';
        const ifMatch = headers['if-match'];
        if (ifMatch === undefined && !dry) return unconditional;
        const checked = await checkedBy(body, number);
        if ('refused' in checked) return refusal(checked.refused);
        // A dry run ends here: what the change would be told, and nothing done.
        if (dry || ifMatch === undefined)
          return (await table.read([number])).length === 0 ? missing : json(204, null);
        return unlessTaken(async () => {
          const version = expectedVersion(ifMatch);
          const changed = await table.update(number, checked.body, version, headers['x-request-key']);
          if (changed === 'missing') return missing;
          return changed === 'stale' ? stale : answer(200, changed);
        }, duplicate);
      },
    },
    {
      method: 'DELETE',
      path: `${partners}/:number`,
      async serve(_, { number = '' }) {
        const changed = await table.update(number, { IsMarkedForArchiving: true });
        return changed === 'missing' ? missing : json(204, null);
      },
    },
  ];
}

/** A number as the ERP writes it: ten digits. */
export function partnerNumber(count: number | string): string {
  return String(count).padStart(10, '0');
}

function answer(status: number, stored: Stored<PartnerBody>): WireResponse {
  return json(status, partnerOf(stored, names), { etag: etagOf(stored) });
}

/** The partner as the API shows it: what was asked for, its number, its version and when it last changed. */
function partnerOf(stored: Stored<PartnerBody>, asked: readonly string[]): Record<string, unknown> {
  const { body, key, modified } = stored;
  const whole = new Map<string, unknown>(Object.entries(body));
  whole.set('to_PaymentTerms', body.PaymentTerms === null ? null : termsTable.get(body.PaymentTerms));
  return {
    ...Object.fromEntries(asked.map((name) => [name, whole.get(name) ?? null])),
    '@odata.etag': etagOf(stored),
    BusinessPartner: key,
    LastChangeDate: modified.slice(0, 10),
    LastChangeTime: modified.slice(11, 19),
  };
}

function etagOf({ version }: Stored<PartnerBody>): string {
  return `W/"${version}"`;
}
