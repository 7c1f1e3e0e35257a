import type { SystemName } from '../identity/index.ts';
import { chained, type Link } from '../runtime/chain.ts';
import type { Change, Draft, Fingerprints } from './change.ts';
import { decide, type Seen } from './decide.ts';

/** A record of a system, by its own key. */
export interface RecordName {
  readonly system: SystemName;
  readonly key: string;
}

/** A record that must be read again, and what of it. */
export interface Outdated extends RecordName {
  /** Attributes that the reading out of date told of: lists below a record are only read where they are named. */
  readonly touched: readonly string[];
}

/** An attribute by which subscribers choose: its fingerprint is told with every change of the entity. */
export interface Tagged {
  readonly system: SystemName;
  readonly attribute: string;
}

/** A record and what was seen of it. */
export interface SeenRecord extends RecordName, Seen {}

/** Where the log stands. */
export type End = Link;

/** A change in its place. */
export interface Entry {
  readonly change: Change;
  readonly hash: string;
}

/** What became of drafts, by the system whose record each is of. */
export type Outcome = 'TOLD' | 'ECHO' | 'UNCHANGED' | 'REREAD';

export interface Sequenced {
  readonly entries: readonly Entry[];
  readonly end: End;
  /** Of records of which something else is known now. */
  readonly seen: readonly SeenRecord[];
  readonly reread: readonly Outdated[];
  readonly outcomes: readonly { readonly system: SystemName; readonly outcome: Outcome }[];
}

/**
 * Gives positions to the drafts that are changes, in their order.
 * @param known what was seen of their records, and of those of the same entities that have a tagged attribute
 * @param at the moment at which they get their positions
 */
export function sequence(
  drafts: readonly Draft[],
  known: readonly SeenRecord[],
  { end, at, tagged }: { readonly end: End; readonly at: string; readonly tagged: readonly Tagged[] },
): Sequenced {
  const records = new Map(known.map((record) => [nameOf(record), record]));
  const tagsOf = tagging(tagged, known);
  const changed = new Map<string, SeenRecord>();
  const entries: Entry[] = [];
  const reread = new Map<string, Outdated>();
  let { position, hash } = end;
  const outcomes = drafts.map((draft) => {
    const { system, key, entityId } = draft;
    const name = nameOf(draft);
    const next = (BigInt(position) + 1n).toString();
    const verdict = decide(records.get(name) ?? null, draft, next);
    if (verdict.verdict === 'REREAD' || (verdict.verdict === 'TOLD' && verdict.reread)) {
      const names = [...(reread.get(name)?.touched ?? []), ...Object.keys(draft.fingerprints ?? {})];
      reread.set(name, { system, key, touched: [...new Set(names)] });
    }
    if (verdict.verdict === 'REREAD') return { system, outcome: verdict.verdict };
    const before = tagsOf(entityId);
    if (verdict.seen) {
      const record = { system, key, ...verdict.seen };
      records.set(name, record);
      changed.set(name, record);
      tagsOf.see(record);
    }
    if (verdict.verdict === 'TOLD') {
      // What is gone is told to those who chose it while it was there.
      const tags = verdict.told.kind === 'DELETED' ? before : tagsOf(entityId);
      const change: Change = { position: next, at, ...verdict.told, tags };
      hash = chained(hash, change);
      position = next;
      entries.push({ change, hash });
    }
    return { system, outcome: verdict.verdict };
  });
  return {
    entries,
    end: { position, hash },
    seen: [...changed.values()],
    reread: [...reread.values()],
    outcomes,
  };
}

const nameOf = ({ system, key }: RecordName): string => `${system}:${key}`;

/** The tags of an entity as its records are known so far; `see` tells of another state of one. */
function tagging(tagged: readonly Tagged[], known: readonly SeenRecord[]) {
  const entities = new Map<string, Map<string, SeenRecord>>();
  const see = (record: SeenRecord): void => {
    if (!tagged.some(({ system }) => system === record.system)) return;
    const own = entities.get(record.entityId) ?? new Map<string, SeenRecord>();
    entities.set(record.entityId, own.set(nameOf(record), record));
  };
  known.forEach(see);
  const tagsOf = (entityId: string): Fingerprints => {
    const own = [...(entities.get(entityId)?.values() ?? [])];
    return Object.fromEntries(
      tagged.flatMap(({ system, attribute }) => {
        const values = own
          .filter((record) => record.system === system)
          .map(({ fingerprints }) => fingerprints[attribute] ?? '')
          .filter((value) => value !== '');
        // Of several records of one system the same one every time.
        const [value] = values.sort();
        return value === undefined ? [] : [[attribute, value]];
      }),
    );
  };
  return Object.assign(tagsOf, { see });
}
