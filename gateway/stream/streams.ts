import { requestContext } from '../../runtime/context.ts';
import type { Principal } from '../../runtime/principal.ts';
import type { RowsOf } from '../../runtime/rows.ts';
import {
  running,
  type Body,
  type Origin,
  type Running,
  type ToldError,
} from '../../runtime/streaming/running.ts';
import type { Admit } from '../admission.ts';
import type { TextOf } from '../documents/index.ts';
import {
  correlated,
  type Answer,
  type Engine,
  type Operation,
  type Refusal,
  type Subscription,
} from '../engine/index.ts';
import type { Introduced } from '../http/caller.ts';
import { discreet } from '../http/discretion.ts';
import { faultOf, type Answered } from '../http/graphql.ts';
import type { Parameters } from '../http/parameters.ts';
import { showing, unaudited, type Showing } from '../http/showing.ts';
import { createSharing, type Shared } from './sharing.ts';
import type { StreamLimits } from './limits.ts';
import { drainingError, internal, tooMany } from './told.ts';

export interface StreamsOptions {
  readonly engine: Engine;
  /** Milliseconds in which a subscription must begin, and each of its events must be answered. */
  readonly timeout: number;
  readonly suggestions: boolean;
  readonly textOf: TextOf;
  readonly admit: Admit;
  readonly limits: StreamLimits;
  /** Which entities a caller sees. */
  readonly rowsOf: RowsOf;
  /** Told of every operation once it is over. */
  readonly answered: (answered: Answered) => void;
  /** Told of a subscription that shows personal data, when it begins; at its end that is not told again. */
  readonly began: (answered: Answered) => void;
  /** As in `GraphqlOptions`. */
  readonly mayShowPersonal: () => boolean;
}

/** One operation, as its transport brought it. */
export interface StreamRequest extends Pick<
  Parameters,
  'query' | 'documentId' | 'operationName' | 'variables'
> {
  /** Why it cannot be begun, where its transport knows that already. */
  readonly refused?: ToldError | undefined;
  readonly caller: Introduced;
  readonly correlationId: string;
  /** How it came, for the log. */
  readonly method: string;
  /** Operations that its connection has already. */
  readonly open: number;
}

/** Operations that are answered over transports for many answers: all subscriptions, and whatever else comes by them. */
export interface Streams {
  begin(request: StreamRequest): Running;
  /** Subscriptions now. */
  readonly active: () => number;
  /** From now on nothing begins; what runs is ended by its transport. */
  drain(): void;
}

/** What is known of an operation that is under way. */
interface Begun {
  readonly began: number;
  operation?: Operation;
  /** Why it was refused. */
  code?: string;
  /** Whose subscription it is, where it is one. */
  subject?: string;
  shared?: Shared;
  /** What its one answer showed, where it has but one. */
  showing?: Showing;
}

type Begin = (signal: AbortSignal) => Promise<Origin | readonly ToldError[]>;

export function createStreams(options: StreamsOptions): Streams {
  const { engine, timeout, limits, answered } = options;
  const sharing = createSharing();
  const operations = new WeakMap<object, number>();
  const held = new Map<string, number>();
  let [active, numbered, draining] = [0, 0, false];

  function begin(request: StreamRequest): Running {
    const { correlationId, method } = request;
    const state: Begun = { began: performance.now() };
    return running({
      begin: beginning(request, state),
      timeout: timeout + grace,
      broken: () => internal(correlationId),
      ended(fault) {
        if (state.subject !== undefined) release(state.subject);
        state.shared?.leave();
        const { operation, code } = state;
        const took = performance.now() - state.began;
        const refused = {
          ...(code === undefined ? {} : { code }),
          ...(fault === undefined ? {} : { fault }),
        };
        answered({ correlationId, method, status: 200, took, operation, ...refused, ...state.showing });
      },
    });
  }

  /** Apart, because the request is not to be kept for as long as the operation runs. */
  function beginning(request: StreamRequest, state: Begun): Begin {
    return async (signal) => {
      const text = request.refused ? { errors: [request.refused] } : await options.textOf(request);
      // Whoever is gone meanwhile has nothing to be let go of.
      if (signal.aborted) return [];
      const asked = typeof text === 'string' ? { ...request, query: text } : request;
      const begun = await begunWith(text, asked, signal, state);
      if ('events' in begun) return begun;
      state.code = String(begun[0]?.extensions.code);
      return options.suggestions ? begun : discreet(begun, asked);
    };
  }

  function begunWith(
    text: string | Pick<Refusal, 'errors'>,
    request: StreamRequest,
    signal: AbortSignal,
    state: Begun,
  ): Promise<Origin | readonly ToldError[]> | readonly ToldError[] {
    if (typeof text !== 'string') return text.errors;
    const found = engine.prepare(text, request.operationName);
    if ('errors' in found) return found.errors;
    state.operation = found;
    const { principal } = request.caller;
    const refused = refusal(request, found);
    if (refused) return [refused];
    const { errors } = options.admit(found, request.variables, principal);
    if (errors) return errors;
    if (!options.mayShowPersonal() && found.personal(request.variables, request.caller).length > 0)
      return [unauditedError];
    if (!found.subscribe) return answerOnce(found, request, signal, state);
    state.subject = principal.subject;
    hold(principal.subject);
    return subscribed(found, request, signal, state);
  }

  function refusal({ caller, open }: StreamRequest, { kind }: Operation): ToldError | undefined {
    if (draining) return drainingError;
    if (open >= limits.perConnection)
      return tooMany(
        `More than ${limits.perConnection} operations on one connection; end some, or open another.`,
      );
    const own = held.get(caller.principal.subject) ?? 0;
    if (kind !== 'subscription' || own < limits.perPrincipal) return undefined;
    return tooMany(`More than ${limits.perPrincipal} subscriptions at a time; end some of them first.`);
  }

  function hold(subject: string): void {
    active += 1;
    held.set(subject, (held.get(subject) ?? 0) + 1);
  }
  function release(subject: string): void {
    active -= 1;
    const rest = (held.get(subject) ?? 0) - 1;
    if (rest > 0) held.set(subject, rest);
    else held.delete(subject);
  }

  async function subscribed(
    { subscribe }: Operation,
    { caller, correlationId, variables, method }: StreamRequest,
    signal: AbortSignal,
    state: Begun,
  ): Promise<Origin | readonly ToldError[]> {
    const { principal } = caller;
    const context = requestContext({ ...caller, correlationId, timeout: Infinity, signal });
    const begun = await subscribe?.(variables, context);
    if (!begun || 'errors' in begun) return begun?.errors ?? [];
    const shown = showing(begun.personal, caller);
    if (shown.personal)
      options.began({ correlationId, method, status: 200, took: 0, operation: state.operation, ...shown });
    const shared = sharing.join(keyOf(begun, caller), (event) => answerTo(begun, event, principal));
    if (signal.aborted) shared.leave();
    else state.shared = shared;
    // Of what has begun only its events are kept: the rest is that of the first of those who share the answers.
    const told = (fault: unknown): ToldError =>
      correlated([begun.told(fault)], correlationId)[0] ?? internal(correlationId);
    return { events: begun.events, answer: shared.answer, told };
  }

  /**
   * Answers are the same where the operation, its variables and what its caller may read are: of the whole graph, because
   * subgraphs look at that, too. They may look at scopes that the supergraph does not name, so that all of them count, and
   * show each caller other entities.
   */
  function keyOf({ operation, variables }: Subscription, caller: Introduced): string {
    const number = operations.get(operation) ?? (numbered += 1);
    operations.set(operation, number);
    const scopes = [...caller.principal.scopes].sort().join(' ');
    const rows = options.rowsOf({ principal: caller.principal, caller: 'gateway' }) ?? '';
    return `${number} ${engine.clearanceOf(caller)} ${scopes} ${rows} ${JSON.stringify(variables)}`;
  }

  /** Belongs to all who share it: it has a correlation id of its own, and goes on when one of them leaves. */
  function answerTo(
    subscription: Subscription,
    event: unknown,
    principal: Principal,
  ): Promise<string> | string {
    const over = new AbortController();
    const context = requestContext({ principal, timeout, signal: over.signal });
    const answer = subscription.answer(event, context);
    const bodyOf = ({ body, faults }: Answer): string => {
      if (faults) failed(context.correlationId, faultOf(faults));
      return body;
    };
    if (!(answer instanceof Promise)) return bodyOf(answer);
    const timer = setTimeout(() => {
      over.abort();
    }, timeout);
    return answer.then(bodyOf).finally(() => {
      clearTimeout(timer);
    });
  }

  function answerOnce(
    operation: Operation,
    { caller, correlationId, variables }: StreamRequest,
    signal: AbortSignal,
    state: Begun,
  ): Promise<Origin | readonly ToldError[]> {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
    const context = requestContext({ ...caller, correlationId, timeout, signal: patience });
    return single(operation.run(variables, context), ({ personal, faults }) => {
      state.showing = showing(personal, caller);
      if (faults) failed(correlationId, faultOf(faults));
    });
  }

  /** An answer has errors that its reader is not told the cause of. */
  function failed(correlationId: string, fault: unknown): void {
    const one = { correlationId, method: 'EVENT', status: 200, took: 0, operation: undefined };
    answered({ ...one, code: 'INTERNAL_SERVER_ERROR', fault });
  }

  return {
    begin,
    active: () => active,
    drain() {
      draining = true;
    },
  };
}

/** Milliseconds beyond the time of a request: the engine itself tells in time what is late. */
const grace = 1000;

async function single(
  answer: Answer | Refusal | Promise<Answer>,
  told: (answer: Answer) => void,
): Promise<Origin | readonly ToldError[]> {
  const settled = await answer;
  if ('errors' in settled) return settled.errors;
  told(settled);
  const body: Body = { text: settled.body };
  // eslint-disable-next-line @typescript-eslint/require-await
  const events = async function* () {
    yield body;
  };
  return {
    events: events(),
    answer: () => body,
    told: () => internal(''),
  };
}

const unauditedError: ToldError = {
  message: unaudited.message,
  extensions: { code: unaudited.code },
};
