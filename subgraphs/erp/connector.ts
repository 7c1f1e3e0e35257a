import { Failure } from '../../runtime/failure.ts';
import type { Call, Connector, FeedPage, Versioned, WriteOptions } from '../connector.ts';
import { refusalsIn, refusedBy, type RefusalTable } from '../refusal.ts';
import type { Wire, WireRequest, WireResponse } from '../wire.ts';
import { root, type ErpError } from './answers.ts';
import { endOfTime, type BusinessPartner, type PartnerRows } from './partner.ts';

const partners = `${root}/A_BusinessPartner`;

/**
 * Milliseconds from a change's stamp to the moment in which everybody sees it. What was stamped less than this ahead of
 * a reading may have been missed by it, and is read again.
 */
const settling = 5000;

/** A business partner as the ERP's API shows it. */
type Shown<P> = P & {
  readonly BusinessPartner: string;
  readonly '@odata.etag': string;
  readonly LastChangeDate: string;
  readonly LastChangeTime: string;
};

const refusals: RefusalTable = {
  system: 'erp',
  read: (body) => {
    const { code, message, innererror } = (body as ErpError).error;
    if (innererror.errordetails.length === 0) return [{ code, message: message.value }];
    return innererror.errordetails.map((detail) => ({
      code,
      message: detail.message,
      field: detail.propertyref,
    }));
  },
  codes: {
    BP_INVALID: 'INVALID_VALUE',
    BP_NOT_FOUND: 'NOT_FOUND',
    BP_DUPLICATE: 'DUPLICATE',
    PRECONDITION_FAILED: 'CONFLICT',
    TOO_MANY_REQUESTS: 'RATE_LIMITED',
    SERVICE_UNAVAILABLE: 'SYSTEM_UNAVAILABLE',
  },
};

/**
 * Speaks the ERP's API: partners by `YY1_CustomerId`, conditional writes by ETag, a feed by day and second of the
 * last change. A partner is archived, never deleted, and everything below it comes with it; one that is blocked as well
 * is gone for the graph.
 */
export function erpConnector(wire: Wire): Connector<BusinessPartner, PartnerRows> {
  async function answered(request: WireRequest, call: Call): Promise<WireResponse> {
    const response = await wire(request, call);
    if (response.status >= 400) throw refusedBy(refusals, response);
    return response;
  }

  async function partner(request: WireRequest, call: Call): Promise<Versioned<BusinessPartner>> {
    const { body } = await answered(request, call);
    return versioned(body as Shown<BusinessPartner>);
  }

  return {
    capabilities: {
      conditionalWrite: 'atomic',
      idempotency: { by: 'externalId' },
      withdrawal: 'block',
      merge: false,
      readBack: true,
      feed: { deletesVisible: false, windowDays: null },
      batchSize: 500,
      concurrency: 10,
    },

    async read(numbers, fields, call) {
      const [expand, select] = [fields.filter(isNavigation), fields.filter((name) => !isNavigation(name))];
      const body = { filter: numbers, select: [...new Set([...select, ...marks])], expand };
      const answer = await answered({ method: 'POST', path: `${partners}/$query`, body }, call);
      const { value } = answer.body as { value: Shown<Partial<BusinessPartner>>[] };
      const unasked = marks.filter((mark) => !fields.includes(mark));
      return new Map(
        value.flatMap((shown) =>
          isWithdrawn(shown) ? [] : [[shown.BusinessPartner, versioned(without(shown, unasked))] as const],
        ),
      );
    },

    list: () =>
      Promise.reject(
        new Failure(
          'INTERNAL_SERVER_ERROR',
          'The ERP lists nothing below a partner; read its fields instead.',
        ),
      ),

    async find(customerId, call) {
      const path = `${partners}/YY1_CustomerId/${encodeURIComponent(customerId)}`;
      const response = await wire({ method: 'GET', path }, call);
      if (response.status < 400) return versioned(response.body as Shown<BusinessPartner>);
      const refused = refusedBy(refusals, response);
      if (refused.code === 'NOT_FOUND') return null;
      throw refused;
    },

    create: (record, options, call) =>
      partner({ method: 'POST', path: partners, headers: traced(options), body: record }, call),

    update(number, changes, options, call) {
      const headers = { ...traced(options), 'if-match': options.ifVersion ?? '*' };
      const path = `${partners}/${encodeURIComponent(number)}`;
      return partner({ method: 'PATCH', path, headers, body: changes }, call);
    },

    async validate(number, changes, call) {
      const path = `${partners}/${encodeURIComponent(number)}`;
      const query = { $validateOnly: 'true' };
      return refusalsIn(refusals, await wire({ method: 'PATCH', path, query, body: changes }, call));
    },

    async validateNew(record, call) {
      const query = { $validateOnly: 'true' };
      return refusalsIn(refusals, await wire({ method: 'POST', path: partners, query, body: record }, call));
    },

    async erase(number, options, call) {
      const path = `${partners}/${encodeURIComponent(number)}/erase`;
      await answered({ method: 'POST', path, headers: traced(options), body: {} }, call);
    },

    async withdraw(number, options, call) {
      const headers = { ...traced(options), 'if-match': options.ifVersion ?? '*' };
      const path = `${partners}/${encodeURIComponent(number)}`;
      await answered({ method: 'PATCH', path, headers, body: withdrawn }, call);
    },

    async changes(since, call): Promise<FeedPage<BusinessPartner>> {
      const [from = '', after = '', started = ''] = since?.split('\t') ?? [];
      const answer = await answered({ method: 'GET', path: partners, query: queryOf(from, after) }, call);
      const { value, more } = answer.body as { value: Shown<BusinessPartner>[]; more: boolean };
      // Kept through all pages of a reading: the next one begins where this one began, not where it ended.
      const settled = started || settledAt(answer);
      const last = value.at(-1);
      const next = more && last ? [stampOf(last), last.BusinessPartner, settled] : [settled];
      const changed = value.map((shown) =>
        isWithdrawn(shown) ? { key: shown.BusinessPartner, deleted: true as const } : versioned(shown),
      );
      return { changed, next: next.join('\t'), more };
    },

    now: async (call) =>
      settledAt(
        await answered({ method: 'GET', path: partners, query: queryOf(`${endOfTime}T00:00:00Z`, '') }, call),
      ),
  };
}

/** How a partner is marked that is not to be used again; what it was found by is free for another one. */
const withdrawn = {
  BusinessPartnerIsBlocked: true,
  IsMarkedForArchiving: true,
  YY1_CustomerId: null,
  ExternalReference: null,
} satisfies Partial<BusinessPartner>;

/** What shows that a partner was withdrawn. */
const marks = ['BusinessPartnerIsBlocked', 'IsMarkedForArchiving'] as const;

function isWithdrawn(shown: Partial<BusinessPartner>): boolean {
  return marks.every((mark) => shown[mark] === true);
}

function without<P extends object>(shown: P, names: readonly string[]): P {
  return Object.fromEntries(Object.entries(shown).filter(([name]) => !names.includes(name))) as P;
}

function isNavigation(field: string): boolean {
  return field.startsWith('to_');
}

/** The ERP has no idempotency key; the header only finds the call in its log. */
function traced({ wireKey }: WriteOptions): Record<string, string> {
  return wireKey === undefined ? {} : { 'x-request-key': wireKey };
}

function queryOf(from: string, after: string): Record<string, string> {
  if (from === '') return {};
  return { LastChangeDate: from.slice(0, 10), LastChangeTime: from.slice(11, 19), $skiptoken: after };
}

function stampOf({ LastChangeDate, LastChangeTime }: Shown<object>): string {
  return `${LastChangeDate}T${LastChangeTime}Z`;
}

/** By the ERP's own clock, the second before which no change can come to light any more. */
function settledAt({ headers }: WireResponse): string {
  const clock = Date.parse(headers.date ?? '');
  if (Number.isNaN(clock)) {
    throw new Failure('SYSTEM_UNAVAILABLE', 'The system "erp" does not say what time it is.', {
      system: 'erp',
    });
  }
  return `${new Date(clock - settling).toISOString().slice(0, 19)}Z`;
}

function versioned<P extends object>(shown: Shown<P>): Versioned<Omit<P, keyof Shown<object>>> {
  const { BusinessPartner: key, '@odata.etag': version, LastChangeDate, LastChangeTime, ...record } = shown;
  const updatedAt = stampOf({ BusinessPartner: key, '@odata.etag': version, LastChangeDate, LastChangeTime });
  return { key, version, updatedAt, record };
}
