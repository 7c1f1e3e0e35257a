import type { RequestContext } from '../runtime/context.ts';
import type { Db, Queryable } from '../runtime/db/index.ts';
import type { Rows, RowsOf } from '../runtime/rows.ts';
import { among } from './among.ts';
import { crosswalkIn, type Crosswalk } from './crosswalk.ts';
import { duplicatesIn, type Duplicates } from './duplicates.ts';
import { takeIn, type Absorbed, type Change, type Feed, type Witness } from './feed.ts';
import { followFeed, type Following, type FollowOptions } from './follow.ts';
import { holdFeed, type Held } from './hold.ts';
import { keyingWith, ownerKeyWith, type Seal } from './keying.ts';
import { loadersIn, type Loaders } from './loaders.ts';
import { avoidedIn, type Avoided } from './matching/avoided.ts';
import type { Matches } from './matching/match.ts';
import { matchesIn } from './matching/matches.ts';
import { takenForSame, type TakenForSame } from './matching/queue.ts';
import { verdicts, type Verdicts } from './matching/verdicts.ts';
import { membersIn, type Members } from './members.ts';
import { merging, type Merging } from './merging.ts';
import { registerIn, type Register } from './register.ts';
import { claimsOf, type RowRule } from './row-rules.ts';
import { searchIn, type Search } from './search.ts';
import type { SystemName } from './systems.ts';
import { nameOfRules, rowsBy } from './visibility.ts';

/** The register of customers: which local record is which customer, and how a customer is found. */
export interface Identity {
  readonly crosswalk: Crosswalk;
  readonly register: Register;
  readonly search: Search;
  readonly members: Members;
  readonly duplicates: Duplicates;
  readonly matches: Matches;
  readonly verdicts: Verdicts;
  readonly takenForSame: TakenForSame;
  /** Which customers a caller sees at all. */
  readonly rowsOf: RowsOf;
  /** Those of some customers who are seen by these rows; one statement, or none where all are. */
  readonly among: (ids: readonly string[], rows: Rows) => Promise<ReadonlySet<string>>;
  /** Whether nothing is known of a customer by which it could be decided who sees it: one that is only being made. */
  readonly isBlank: (id: string) => Promise<boolean>;
  /** The rules about that: what they look at in a token, and a text that is another one for other rules. */
  readonly rowRules: { readonly claims: readonly string[]; readonly name: string | undefined };
  readonly avoided: Avoided;
  readonly merging: Merging;
  /** The crosswalk of one request; whoever works for the same request in this process shares its batches. */
  readonly loadersOf: (context: RequestContext) => Loaders;
  /**
   * Keeps the register current from a system's feed until the signal is aborted. The cursor is stored with the effects;
   * changes that come again change nothing. A record that nobody knows goes to the customer it refers to, and becomes a
   * new customer where it refers to none. Of several followers of one feed, in any process, one works and the others
   * stand by.
   */
  follow(feed: Feed, options: FollowOptions): Following;
  /**
   * Keeps followers away from a feed while its records are brought into the register by other means; null where somebody
   * follows it already.
   */
  hold(feed: Feed, witness?: Witness): Promise<Held | null>;
  /**
   * Takes in records of a system that somebody else has read, as `follow` does, within the transaction of the caller; in
   * it nobody else writes to the register until it ends. Gives them with their customers.
   */
  absorb(tx: Queryable, system: SystemName, changes: readonly Change[]): Promise<readonly Absorbed[]>;
}

/** Where the migrations of the register are. */
export const identityMigrations = new URL('migrations/', import.meta.url);

export interface IdentityOptions {
  /** With its migrations. */
  readonly db: Db;
  /** The store's own, always the same. */
  readonly seal: Seal;
  /** Who sees which customers; null, or left out, where everybody sees all. */
  readonly rowRules?: readonly RowRule[] | null;
}

/** The identity floor over a store. */
export function createIdentity({ db, seal, rowRules: rules = null }: IdentityOptions): Identity {
  const rowsOf = rowsBy(rules, ownerKeyWith(seal));
  const crosswalk = crosswalkIn(db);
  const keying = keyingWith(seal);
  const store = { db, keying };
  return {
    crosswalk,
    register: registerIn(store),
    search: searchIn(db),
    members: membersIn(db),
    duplicates: duplicatesIn(db, rowsOf),
    matches: matchesIn(store),
    verdicts,
    takenForSame,
    avoided: avoidedIn(db),
    merging,
    rowsOf,
    async among(ids, rows) {
      const found = await among(
        db,
        rows,
        ids.map((id) => ({ id })),
      );
      return new Set(found.map(({ id }) => id));
    },
    async isBlank(id) {
      const [row] = await db.query<{ blank: boolean }>('select identity_blank($1) as blank', [id]);
      return row?.blank === true;
    },
    rowRules: { claims: claimsOf(rules ?? []), name: nameOfRules(rules) },
    loadersOf: loadersIn(crosswalk, rowsOf),
    follow: (feed, options) => followFeed(store, feed, options),
    hold: (feed, witness) => holdFeed(store, feed, witness),
    absorb: (tx, system, changes) => takeIn(tx, system, changes, keying),
  };
}
