import type { Members } from '../identity/index.ts';
import { pageSize } from '../runtime/cursor.ts';
import type { RequestContext } from '../runtime/context.ts';
import { Failure } from '../runtime/failure.ts';
import type { Rows, RowsOf } from '../runtime/rows.ts';
import type { Resolvers } from '../runtime/subgraph.ts';
import type { EntityName } from '../schema/generated/contracts.ts';
import { askedOf, type AskedFilter } from './asked.ts';
import type { Change } from './change.ts';
import { cursorAt, positionOf } from './cursor.ts';
import { endable, type Ending } from '../runtime/ending.ts';
import { matcherOf } from './filter.ts';
import type { Fingerprinter } from './fingerprint.ts';
import { follow, type Following } from './follow.ts';
import { listed } from './list.ts';
import { namesOf } from './names.ts';
import type { Events } from './open.ts';
import { seeingIn, type Among } from './seen.ts';
import { visible } from './sight.ts';
import { snapshot, unfinishedOf } from './snapshot.ts';
import type { Snapshot, Told } from './told.ts';

/** Where changes come from. */
type Feed = Pick<Events, 'log' | 'tail' | 'tagged' | 'havingTags'>;

export interface FeedOptions {
  readonly entity: EntityName;
  readonly fingerprint: Fingerprinter;
  readonly members: Members;
  /** Which entities a caller hears of. */
  readonly rowsOf: RowsOf;
  readonly among: Among;
  /** The ids under which entities live on that were merged into others; as they are where it is absent. */
  readonly livingAs?: (ids: readonly string[]) => Promise<readonly string[]>;
  /** What else is answered under the feed's contract. */
  readonly also?: Resolvers;
}

interface Asked {
  readonly filter?: AskedFilter | null;
  readonly first?: number | null;
  readonly after?: string | null;
  readonly snapshot?: boolean;
}

/** Filters that are kept ready for those who ask for the same, of each set of attributes that they may read. */
const kept = 1_000;

/** The feed's part of the graph, ready to be built into a schema with its contract. */
export function eventsSubgraph(
  feed: Feed,
  { entity, fingerprint, members, livingAs, rowsOf, among, also = {} }: FeedOptions,
): { readonly name: string; readonly resolvers: Resolvers } {
  const { log, tail, havingTags } = feed;
  const names = namesOf(entity, feed.tagged);
  const filterOf = askedOf(entity, names, fingerprint);
  const seeing = seeingIn(among);

  const followings = new WeakMap<ReadonlySet<string>, Map<string, Following>>();
  /** The same for all who ask for the same and may read the same: subscribers are many, and what they ask for is not. */
  const followingOf = (asked: Asked, { principal }: RequestContext): Following => {
    const readable = visible(entity, principal);
    const known = followings.get(readable) ?? new Map<string, Following>();
    followings.set(readable, known);
    const key = JSON.stringify(asked.filter ?? null);
    const found = known.get(key);
    if (found) return found;
    const filter = filterOf(asked.filter, principal);
    const following = { log, tail, filter, matches: matcherOf(filter, readable) };
    if (known.size >= kept) known.clear();
    known.set(key, following);
    return following;
  };

  /** Who asks for one that was merged is told of the one that it lives on as. */
  const meant = async (asked: Asked): Promise<Asked> => {
    const ids = asked.filter?.[names.ids];
    if (!livingAs || !ids || ids.length === 0) return asked;
    const all = [...new Set([...ids, ...(await livingAs(ids))])];
    return all.length === ids.length ? asked : { ...asked, filter: { ...asked.filter, [names.ids]: all } };
  };

  /** A change in the contract's form, as far as a principal may read it. */
  const shown = ({ change, cursor }: Told<Change | Snapshot>, { principal }: RequestContext) => {
    const { position, kind } = change;
    const at = new Date(change.at).toISOString();
    const same = { cursor, position, at, kind, [names.reference]: { id: change.entityId } };
    if (change.kind === 'SNAPSHOT')
      return { ...same, system: null, version: null, previousVersion: null, attributes: [], cause: null };
    const { system, version, previousVersion, cause } = change;
    const readable = visible(entity, principal);
    const attributes = change.attributes
      .filter((name) => readable.has(name))
      .map((name) => ({ name, owner: system }));
    return { ...same, system, version, previousVersion, attributes, cause };
  };

  /** Everything as it is, behind a member or from the beginning; then what changes. */
  async function* whole(
    position: string,
    behind: string | null,
    following: Following,
    rows: Rows,
    ending: Ending,
  ): AsyncGenerator<Told<Change | Snapshot>, void> {
    const { filter } = following;
    yield* snapshot({ members, havingTags, filter, rows, epoch: tail.epoch, position, behind }, ending);
    yield* follow(Number(position), following, ending);
  }

  return {
    name: 'events',
    resolvers: {
      ...also,
      Query: {
        ...also.Query,
        async [names.list](_: unknown, asked: Asked, context: RequestContext) {
          const following = followingOf(await meant(asked), context);
          const size = pageSize(asked.first);
          const head = await log.head();
          const after = asked.after == null ? head.floor : positionOf(asked.after, head);
          const { found, until, more } = await listed(after, size, following, context, (changes) =>
            seeing.of(changes, rowsOf(context)),
          );
          const edges = found.map((one) => ({ cursor: one.cursor, node: shown(one, context) }));
          return {
            edges,
            pageInfo: {
              hasNextPage: more,
              hasPreviousPage: asked.after != null,
              startCursor: edges[0]?.cursor ?? null,
              // Of what was looked at, so that whoever waits for something rare need not look at the rest again.
              endCursor: cursorAt(head, until),
            },
          };
        },
      },
      Subscription: {
        [names.stream]: {
          async subscribe(_: unknown, asked: Asked, context: RequestContext) {
            const following = followingOf(await meant(asked), context);
            const { after = null, snapshot: fromSnapshot = false } = asked;
            if (fromSnapshot && after !== null)
              throw new Failure(
                'BAD_USER_INPUT',
                'Give "after" or "snapshot": whoever has a cursor goes on from there, and needs no snapshot.',
              );
            const unfinished = after === null ? null : unfinishedOf(after);
            const cursor = unfinished?.cursor ?? after;
            const position = cursor === null ? String(tail.position()) : positionOf(cursor, await log.head());
            const rows = rowsOf(context);
            return endable<Told<Change | Snapshot>>(
              (ending) =>
                seeing.through<Told<Change | Snapshot>>(
                  unfinished || fromSnapshot
                    ? whole(position, unfinished?.member ?? null, following, rows, ending)
                    : follow(Number(position), following, ending),
                  rows,
                ),
              context.signal,
            );
          },
          resolve: (told: Told<Change | Snapshot>, _: unknown, context: RequestContext) =>
            shown(told, context),
        },
      },
      [entity]: {
        // A reference says everything that is needed.
        __resolveReference: ({ id }: { readonly id: string }) => ({ id }),
      },
    },
  };
}
