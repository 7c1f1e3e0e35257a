import type { RequestContext } from '../../runtime/context.ts';
import { isDuplicate } from '../../runtime/db/index.ts';
import { holds, type Principal } from '../../runtime/principal.ts';
import type { AskedFilter } from '../asked.ts';
import { positionOf } from '../cursor.ts';
import type { ChangeFilter, Log } from '../log.ts';
import type { Names } from '../names.ts';
import type { Decide } from './decided.ts';
import { sharedScopes, viewerOf, withViewer, type Delivery, type Endpoint } from './endpoint.ts';
import { endpointLimit, type Endpoints, type Stored } from './endpoints.ts';
import type { Journal } from './journal.ts';
import { testMessage } from './message.ts';
import { refusalOf, type Refusal } from './refusal.ts';
import type { Send } from './send.ts';
import { endpointUrl } from './url.ts';

/** What came of something that was asked about an endpoint: done, or refused whole. */
export interface Arranged {
  /** As it is now, or was before it was removed. */
  readonly endpoint: Endpoint | null;
  readonly refusals: readonly Refusal[];
}
export interface ArrangedSecret extends Arranged {
  readonly secret: string | null;
}
export interface Tested extends Arranged {
  readonly delivery: Delivery | null;
}

export interface Registering {
  readonly url: string;
  readonly filter: AskedFilter | null;
  readonly description: string | null;
  readonly after: string | null;
}

/** What is undefined stays. */
export interface Amending {
  readonly url: string | undefined;
  readonly filter: AskedFilter | null | undefined;
  readonly description: string | null | undefined;
}

/** Endpoints, as their public surface meets them; ids may be anything. A refusal is a value. */
export interface Webhooks {
  /** Whether a principal may arrange endpoints. */
  may(principal: Principal): boolean;
  register(asked: Registering, context: RequestContext): Promise<ArrangedSecret>;
  amend(id: string, asked: Amending, context: RequestContext): Promise<Arranged>;
  rotate(id: string, context: RequestContext): Promise<ArrangedSecret>;
  pause(id: string, context: RequestContext): Promise<Arranged>;
  enable(id: string, skipMissed: boolean, context: RequestContext): Promise<Arranged>;
  replay(id: string, after: string, context: RequestContext): Promise<Arranged>;
  remove(id: string, context: RequestContext): Promise<Arranged>;
  test(id: string, context: RequestContext): Promise<Tested>;
}

export interface OpenedWebhooks {
  readonly webhooks: Webhooks;
  readonly endpoints: Endpoints;
  readonly log: Log;
  readonly names: Names;
  /** Sends nothing any more. */
  stop(): Promise<void>;
}

export interface WebhooksOptions {
  readonly endpoints: Endpoints;
  readonly decide: Decide;
  readonly journal: Journal;
  readonly log: Log;
  readonly send: Send;
  readonly filterOf: (asked: AskedFilter | null | undefined, principal: Principal) => ChangeFilter;
  /** Of whoever may arrange endpoints. */
  readonly scope: string;
  readonly allowPrivate: boolean;
  /** Milliseconds for one attempt. */
  readonly timeout: number;
  /** Looks for endpoints that are behind. */
  readonly look: () => void;
}

const longestDescription = 1000;
/** Milliseconds left of a request in which a test must be stored and answered. */
const reserve = 200;

export function webhooksIn(options: WebhooksOptions): Webhooks {
  const { endpoints, decide, journal, log, send, filterOf, scope, allowPrivate, timeout, look } = options;
  const may = (principal: Principal): boolean => holds(principal, [scope]);
  const refused = (...refusals: Refusal[]) => ({ endpoint: null, secret: null, delivery: null, refusals });
  const notPermitted = refused({ code: 'NOT_PERMITTED', message: `This needs the scope ${scope}.` });

  /** Does something about an endpoint that exists, for somebody who may. */
  async function arrange<T extends Arranged>(
    id: string,
    { principal }: RequestContext,
    work: (seen: Stored) => Promise<T>,
  ): Promise<T | typeof notPermitted> {
    if (!may(principal)) return notPermitted;
    const seen = await endpoints.find(id);
    return seen ? work(seen) : refused(unknown);
  }

  async function arranged(asked: Promise<Endpoint | null>): Promise<Arranged> {
    const endpoint = await asked;
    if (!endpoint) return refused(unknown);
    look();
    return { endpoint, refusals: [] };
  }

  /** What is wrong is added to the refusals. */
  async function checked<T>(refusals: Refusal[], check: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await check();
    } catch (error) {
      refusals.push(refusalOf(error));
      return undefined;
    }
  }
  const checkedUrl = (refusals: Refusal[], text: string): string => {
    const url = endpointUrl(text, allowPrivate);
    if (url instanceof URL) return url.href;
    refusals.push(url);
    return text;
  };
  const checkedDescription = (refusals: Refusal[], text: string | null | undefined): void => {
    if (text && text.length > longestDescription) refusals.push(tooLong);
  };
  /** The filter as it is kept: as it was asked for, since what its words stand for may change. */
  const checkedFilter = (asked: AskedFilter | null, principal: Principal): AskedFilter => {
    filterOf(asked, principal);
    return Object.fromEntries(Object.entries(asked ?? {}).filter(([, condition]) => condition != null));
  };
  const position = async (cursor: string): Promise<string> => positionOf(cursor, await log.head());

  async function amend(seen: Stored, asked: Amending, context: RequestContext): Promise<Arranged> {
    const { principal } = context;
    const refusals: Refusal[] = [];
    const url = asked.url === undefined ? undefined : checkedUrl(refusals, asked.url);
    checkedDescription(refusals, asked.description);
    const { filter: wanted, description } = asked;
    const filter =
      wanted === undefined ? undefined : await checked(refusals, () => checkedFilter(wanted, principal));
    if (refusals.length > 0) return refused(...refusals);
    const scopes = sharedScopes(seen.scopes, principal.scopes);
    const viewers = withViewer(seen.viewers, viewerOf(principal));
    const amended = await decide('UPDATE', context, (these) =>
      these.amend(seen, { url, filter, description, scopes, viewers }),
    ).catch(duplicated);
    if (amended === 'DUPLICATE') return refused(duplicate('another endpoint'));
    if (amended !== 'STALE') return arranged(Promise.resolve(amended));
    // Somebody else was quicker: what he left is what is changed.
    const again = await endpoints.find(seen.id);
    return again ? amend(again, asked, context) : refused(unknown);
  }

  return {
    may,

    async register({ url: text, filter: asked, description, after }, context) {
      const { principal } = context;
      if (!may(principal)) return notPermitted;
      const refusals: Refusal[] = [];
      const url = checkedUrl(refusals, text);
      checkedDescription(refusals, description);
      const filter = await checked(refusals, () => checkedFilter(asked, principal));
      const from = after === null ? null : await checked(refusals, () => position(after));
      if (refusals.length > 0 || !filter || from === undefined) return refused(...refusals);
      const { subject: registeredBy, scopes } = principal;
      const registration = {
        ...{ url, filter, description, registeredBy, scopes: [...scopes], position: from },
        viewers: [viewerOf(principal)],
      };
      const done = await decide('REGISTER', context, (these) => these.register(registration));
      if (done === 'FULL') return refused(full);
      if ('same' in done) return refused(duplicate(`the endpoint ${done.same}`));
      look();
      return { ...done, refusals: [] };
    },

    amend: (id, asked, context) => arrange(id, context, (seen) => amend(seen, asked, context)),

    rotate: (id, context) =>
      arrange(id, context, async (seen) => {
        const done = await decide('ROTATE', context, (these) => these.rotate(seen.id));
        return done ? { ...done, refusals: [] } : refused(unknown);
      }),

    pause: (id, context) =>
      arrange(id, context, ({ id: found }) =>
        arranged(decide('PAUSE', context, (these) => these.pause(found))),
      ),

    enable: (id, skipMissed, context) =>
      arrange(id, context, async (seen) => {
        const endpoint = await decide('ENABLE', context, (these) => these.enable(seen.id, skipMissed));
        return endpoint ? arranged(Promise.resolve(endpoint)) : refused(tooFarBehind);
      }),

    replay: (id, after, context) =>
      arrange(id, context, async (seen) => {
        const refusals: Refusal[] = [];
        const from = await checked(refusals, () => position(after));
        return from === undefined
          ? refused(...refusals)
          : arranged(decide('REPLAY', context, (these) => these.replay(seen.id, from)));
      }),

    remove: (id, context) =>
      arrange(id, context, ({ id: found }) =>
        arranged(decide('REMOVE', context, (these) => these.remove(found))),
      ),

    test: (id, context) =>
      arrange(id, context, async (endpoint): Promise<Tested> => {
        const [{ epoch }, secrets] = await Promise.all([log.head(), endpoints.secretsOf(endpoint.id)]);
        const message = testMessage(epoch, endpoint.id, new Date());
        const patience = Math.max(1, Math.min(timeout, context.deadline - Date.now() - reserve));
        const sent = await send(endpoint.url, message, secrets, patience, context.signal);
        if (!sent) return { endpoint, delivery: null, refusals: [] };
        const { at, took, status, problem } = sent;
        const delivery = { messageId: message.id, position: null, at, took, status, problem };
        await journal.note(endpoint.id, delivery);
        return { endpoint, delivery, refusals: [] };
      }),
  };
}

/** An address that another endpoint has is a refusal. */
function duplicated(error: unknown): 'DUPLICATE' {
  if (isDuplicate(error)) return 'DUPLICATE';
  throw error;
}

const unknown: Refusal = {
  code: 'UNKNOWN_WEBHOOK',
  message: 'There is no endpoint with this id; give one that registerWebhook or webhooks told.',
};
const tooLong: Refusal = {
  code: 'TOO_LARGE',
  message: `The description is longer than ${longestDescription} characters.`,
};
const full: Refusal = {
  code: 'TOO_MANY_WEBHOOKS',
  message: `There are ${endpointLimit} endpoints, and cannot be more; remove one first.`,
};
const tooFarBehind: Refusal = {
  code: 'CURSOR_EXPIRED',
  message:
    'Some of what it missed is kept no longer: replay it from a cursor that is, or skip what it missed, and read everything as it is.',
};
const duplicate = (where: string): Refusal => ({
  code: 'DUPLICATE_URL',
  message: `This address belongs to ${where} already; change that one, or rotate its secret.`,
});
