import type { Enrolment } from '../../identity/index.ts';
import type { Claim } from './claims.ts';
import type { Newcomer, Saying } from './newcomers.ts';
import type { Onboarding } from './said.ts';
import type { Submission } from './workload.ts';

/** What a member of the run may be asked: what is given, and what it answers. */
export interface Questions {
  /** Tells the register who is who, before the first write. */
  readonly enrol: { readonly given: readonly Enrolment[]; readonly answer: null };
  readonly submit: { readonly given: Submission; readonly answer: Answer };
  readonly onboard: { readonly given: Newcomer; readonly answer: Answer };
  /** Says what a person says about an onboarding; once for each key. */
  readonly say: { readonly given: Said; readonly answer: null };
  readonly onboardings: { readonly given: 'OPEN' | 'ALL'; readonly answer: readonly Onboarding[] };
  /** How many writes are not at their end, copies included. */
  readonly open: { readonly given: null; readonly answer: number };
  readonly claims: { readonly given: null; readonly answer: readonly Claim[] };
  /** Queues that are not as their writes are. */
  readonly lame: { readonly given: null; readonly answer: readonly string[] };
  readonly arm: { readonly given: Trap; readonly answer: null };
}

/** The id of the write, or of the onboarding, or why there is none. */
export type Answer = { readonly id: string } | { readonly refusals: readonly string[] };

export type Said = Saying & { readonly id: string; readonly key: string };

/** Ends or pauses the process at a boundary between two statements that touch the world. */
export interface Trap {
  readonly how: 'SIGKILL' | 'SIGSTOP';
  /** The names at which it snaps. */
  readonly at: readonly string[];
  /** Times that it lets such a boundary pass. */
  readonly skip: number;
}

/** What a member says of itself. */
export type Notice =
  | { readonly notice: 'ready'; readonly url?: string }
  /** It passed a boundary with this name for the first time. */
  | { readonly notice: 'boundary'; readonly name: string }
  /** Its trap snaps at this boundary, now. */
  | { readonly notice: 'snapped'; readonly name: string };

export interface Asked<Q extends keyof Questions = keyof Questions> {
  readonly number: number;
  readonly question: Q;
  readonly given: Questions[Q]['given'];
}

export type Answered =
  | { readonly number: number; readonly answer: Questions[keyof Questions]['answer'] }
  | { readonly number: number; readonly failed: string };

/** What the owners' process is told when it starts. */
export interface OwnersOrder {
  readonly seed: number;
  /** Whether the billing system forgets the idempotency keys that it was given. */
  readonly keyless: boolean;
}

/** A part of the engine left out, to see that its absence is found. */
export const mutants = ['no-probe', 'no-head-of-line', 'no-epoch', 'no-look'] as const;
export type Mutant = (typeof mutants)[number];

/** What a worker's process is told when it starts. */
export interface WorkerOrder {
  /** Where the owners are. */
  readonly owners: string;
  readonly store: { readonly databaseUrl: string } | { readonly directory: string };
  readonly mutant: Mutant | null;
  /** Milliseconds that a claimed write belongs to its worker without a sign of life. */
  readonly lease: number;
}

/** The settings with which a worker opens its store. */
export function storeConfig(store: WorkerOrder['store']) {
  const server = 'databaseUrl' in store;
  return {
    databaseUrl: server ? store.databaseUrl : undefined,
    databaseSchema: undefined,
    databaseConnections: 8,
    databaseDurability: 'advised' as const,
    dataDir: server ? '' : store.directory,
  };
}
