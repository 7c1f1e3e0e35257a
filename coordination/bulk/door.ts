import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../runtime/failure.ts';
import type { HttpAnswer, Post } from '../../runtime/http.ts';
import { duration } from '../../runtime/terminal/progress.ts';
import { verdictOf, type AnsweredError, type Verdict } from './verdict.ts';

/** What the server has decided. */
export interface Answered {
  readonly data: Readonly<Record<string, unknown>>;
  readonly errors: readonly AnsweredError[];
}

/** A server's GraphQL endpoint, asked with patience. */
export interface Door {
  /** Asks once. @throws Failure SYSTEM_UNAVAILABLE where nobody answers, and as `ask` */
  greet(): Promise<void>;
  /**
   * Asks until the server decides: while it is busy or cannot be reached, all requests wait and go on. Only what may be
   * repeated may be asked. Null where the run was stopped before there was an answer.
   * @throws Failure BAD_USER_INPUT where the server will decide no request
   */
  ask(query: string, variables: Readonly<Record<string, unknown>>): Promise<Answered | null>;
}

/** Waits so many milliseconds, or until it is aborted; never rejects. */
export type Pause = (milliseconds: number, signal: AbortSignal) => Promise<void>;

export interface DoorOptions {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** As in `WriteOrder`. */
  readonly token?: (() => string) | undefined;
  readonly post: Post;
  /** Aborted when the run is to stop: what is under way is still waited for. */
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  readonly pause?: Pause;
}

/** Says nothing but that somebody is there. */
export const greeting = '{ __typename }';
/** Milliseconds for one answer. */
const answerTimeout = 30_000;
/** Milliseconds of the first and of the longest wait where the server does not say how long. */
const [firstWait, longestWait] = [500, 30_000];
/** How often a request is sent that the server fails to answer. */
const faultyTries = 5;
/** Milliseconds after which a lasting trouble is told again. */
const remind = 60_000;

export const realPause: Pause = (milliseconds, signal) =>
  sleep(milliseconds, undefined, { signal }).catch(() => undefined);

export function openDoor({ url, headers, token, post, signal, say, pause = realPause }: DoorOptions): Door {
  /** While it is there, everybody waits for it. */
  let gate: Promise<void> | null = null;
  let troubles = 0;
  let told = 0;

  function send(body: string, shown: string | undefined): Promise<HttpAnswer> {
    const sent = {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json;q=0.9',
      ...(shown === undefined ? {} : { authorization: `Bearer ${shown}` }),
      ...headers,
    };
    return post(url, sent, body, { timeout: answerTimeout, signal: AbortSignal.timeout(answerTimeout) });
  }

  async function once(body: string): Promise<Verdict> {
    const shown = token?.();
    try {
      const answer = await send(body, shown);
      // It may have ended on its way, and the next one be there by now.
      const renewed = answer.status === 401 ? token?.() : shown;
      return verdictOf(renewed === shown ? answer : await send(body, renewed));
    } catch (fault) {
      if (fault instanceof Failure) throw fault;
      return { kind: 'later', why: 'cannot be reached', retryAfter: null };
    }
  }

  /** Makes everybody wait, unless somebody who was sent off at the same time has done so already. */
  function shut(why: string, retryAfter: number | null): void {
    if (gate) return;
    troubles++;
    const longest = Math.min(longestWait, firstWait * 2 ** (troubles - 1));
    const wait = retryAfter === null ? longest * (0.5 + Math.random() / 2) : retryAfter * 1000;
    if (troubles === 1 || performance.now() - told > remind) {
      told = performance.now();
      say(`The server ${why}; going on in ${duration(Math.max(1, wait / 1000))}.`);
    }
    gate = pause(wait, signal).then(() => {
      gate = null;
    });
  }

  function opened(): void {
    if (troubles > 0 && !gate) {
      troubles = 0;
      say('The server answers again.');
    }
  }

  const hopeless = (why: string) =>
    new Failure('BAD_USER_INPUT', `The server at ${url.href} ${why.replace(/\.$/, '')}.`);

  return {
    async greet() {
      const verdict = await once(JSON.stringify({ query: greeting }));
      if (verdict.kind === 'hopeless') throw hopeless(verdict.why);
      if (verdict.kind === 'later' && verdict.why === 'cannot be reached') {
        const advice = 'start it (npm start), or give --url the address of one that runs';
        throw new Failure('SYSTEM_UNAVAILABLE', `No server answers at ${url.href}; ${advice}.`);
      }
    },

    async ask(query, variables) {
      const body = JSON.stringify({ query, variables });
      for (let faults = 0; ;) {
        while (gate) await gate;
        if (signal.aborted) return null;
        const verdict = await once(body);
        if (verdict.kind === 'hopeless') throw hopeless(verdict.why);
        if (verdict.kind === 'answered' || (verdict.kind === 'faulty' && ++faults >= faultyTries)) {
          opened();
          return verdict.kind === 'answered' ? verdict : { data: {}, errors: verdict.errors };
        }
        if (verdict.kind === 'faulty') shut('fails to answer', null);
        else shut(verdict.why, verdict.retryAfter);
      }
    },
  };
}
