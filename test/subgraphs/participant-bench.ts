import { fingerprinterOf, type Fingerprints } from '../../events/index.ts';
import type { Change } from '../../identity/index.ts';
import { requestContext, type Caller } from '../../runtime/context.ts';
import { localSubgraph, type SubgraphResult } from '../../runtime/executor.ts';
import { createGuard, type Guard } from '../../runtime/guard.ts';
import { buildSubgraph } from '../../runtime/subgraph.ts';
import { contractOf } from '../../schema/load.ts';
import type {
  ParticipantExamination,
  ParticipantExamined,
  ParticipantOrder,
  ParticipantOutcome,
} from '../../schema/generated/participant.ts';
import { participantOperations } from '../../schema/participant.ts';
import type { Bench } from './connector-bench.ts';

export type Values = Readonly<Record<string, unknown>>;

/** What the suite must know of a system besides its connector. Values are as a caller of the graph gives them. */
export interface Part {
  /** Every attribute that the system owns and that can be written, each with another value than a draft has. */
  readonly wanted: (other: string) => Values;
  /** The same for what it keeps copies of; empty where it keeps none. */
  readonly copied: Values;
  /** What a new record needs besides, and what never changes. */
  readonly fixed: Values;
  /** Attributes that are missed of a new record, where nothing is said of it. */
  readonly missing: readonly string[];
  /** Values that the system refuses, each for itself. */
  readonly refused: Values;
  /** Where `wanted` names another customer, and the record's own field for it; null where no attribute does. */
  readonly names: { readonly attribute: string; readonly field: string } | null;
}

/** One system's participant, asked as coordination asks it. */
export interface Asked {
  readonly guard: Guard;
  readonly examine: (
    entityId: string,
    changes: Values,
    more?: Partial<ParticipantExamination>,
  ) => Promise<ParticipantExamined>;
  readonly apply: (entityId: string, changes: Values, more: ApplyMore) => Promise<ParticipantOutcome>;
  /** The fingerprints that the system's feed tells of a record, those of lists apart. */
  readonly told: (key: string) => Promise<Fingerprints | undefined>;
  /** The customer that the feed says a record belongs to. */
  readonly refersTo: (key: string) => Promise<unknown>;
  /** What the register was told: the system's key by the customer's id. */
  readonly links: ReadonlyMap<string, string>;
  /** What the register fails with when it is told something; null for nothing. */
  readonly fail: (failure: Error | null) => void;
  /** The bare answers of both to this caller. */
  readonly as: (caller: Caller, entityId: string) => Promise<readonly SubgraphResult[]>;
}

type ApplyMore = Pick<ParticipantOrder, 'ifVersion' | 'wireKey'> &
  Partial<ParticipantOrder> & { readonly timeout?: number; readonly signal?: AbortSignal };

/** The graph's id of a record, and of one that nobody has. */
export const idOf = (key: string): string => `id of ${key}`;
export const nobody = 'nobody';

const record = 'record { key fingerprints }';
const found = `found { version values restore same ${record} restored refusals { code message attribute } }`;
const able = 'guarantee conditional keyed unreachable { code message retryAfter }';
const refusals = 'refusals { code message attribute }';
const outcome = `status version values ${record} causes { code message attribute } code message retryAfter`;

/** Opens the participant of a bench anew: with a breaker that has seen nothing yet. */
export function participantOf<R extends object, Rows extends object>({
  subject,
  connector,
}: Bench<R, Rows>): Asked {
  const { name, open } = subject.system;
  const links = new Map<string, string>();
  const ever = new Map<string, readonly string[]>();
  let failing: Error | null = null;
  const noted = (note: () => unknown): Promise<void> => {
    if (failing) return Promise.reject(failing);
    note();
    return Promise.resolve();
  };
  const breaker = { failures: 2, openFor: 600_000 };
  const guard = createGuard({ system: name, concurrency: 4, queue: 4, breaker, attempts: 1 });
  const { resolvers, feed } = open({
    connector,
    guard,
    crossing: {
      seesAll: () => true,
      keysOf: (_, ids) =>
        Promise.resolve(ids.map((id) => links.get(id) ?? /^id of (.+)$/.exec(id)?.[1] ?? null)),
      idOf: (_, key) => Promise.resolve(idOf(key)),
      everOf: (_, id) => Promise.resolve(ever.get(id) ?? []),
      link: (_, id, key) =>
        noted(() => {
          links.set(id, key);
          ever.set(id, [...(ever.get(id) ?? []), key]);
        }),
      unlink: (_, id) => noted(() => links.delete(id)),
    },
    fingerprint: fingerprinterOf('test'),
    site: null,
  });
  const subgraph = localSubgraph(name, buildSubgraph(contractOf(name).sdl, resolvers));
  const names = participantOperations(name);
  const examine = subgraph.prepare(
    `query ($asked: ParticipantExamination!) { ${names.examine}(examination: $asked) { ${able} ${found} ${refusals} } }`,
  );
  const apply = subgraph.prepare(
    `mutation ($asked: ParticipantOrder!) { ${names.apply}(order: $asked) { ${outcome} } }`,
  );
  const contextFor = (caller: Caller, timeout = 30_000, signal = new AbortController().signal) =>
    requestContext({ caller, timeout, signal });
  const only = ({ data, errors }: SubgraphResult): unknown => {
    if (errors) throw new Error(JSON.stringify(errors));
    return Object.values(data ?? {})[0];
  };

  const base = (entityId: string) => ({ entity: 'Customer', entityId, kind: 'OWNER' as const });
  /** What the feed says last of a record. */
  async function last(key: string) {
    let found: Change | undefined;
    for (let since: string | null = null, more = true; more;) {
      const page = await feed.changes(since, new AbortController().signal);
      found = page.changed.findLast((one) => one.key === key) ?? found;
      [since, more] = [page.next, page.more];
    }
    return found;
  }

  return {
    ...{ guard, links },
    fail(failure) {
      failing = failure;
    },
    refersTo: async (key) => (await last(key))?.refersTo,
    async examine(entityId, changes, more = {}) {
      const asked = { ...base(entityId), changes, validate: false, ...more };
      return only(await examine({ asked }, contextFor('coordination'))) as ParticipantExamined;
    },
    async apply(entityId, changes, { timeout, signal, ...more }) {
      const asked = { ...base(entityId), changes, ...more };
      return only(await apply({ asked }, contextFor('coordination', timeout, signal))) as ParticipantOutcome;
    },
    told: async (key) => (await last(key))?.fingerprints,
    as: (caller, entityId) =>
      Promise.all([
        examine({ asked: { ...base(entityId), changes: {}, validate: true } }, contextFor(caller)),
        apply(
          { asked: { ...base(entityId), changes: {}, wireKey: 'k', ifVersion: '1' } },
          contextFor(caller),
        ),
      ]),
  };
}
