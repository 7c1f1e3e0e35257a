import type { Rows } from '../runtime/rows.ts';
import type { Change } from './change.ts';
import type { Snapshot, Told } from './told.ts';

/** Those of some entities who are seen by these rows. */
export type Among = (ids: readonly string[], rows: Rows) => Promise<ReadonlySet<string>>;

/** Changes that were asked about are remembered for as long as they are about, by who sees what. */
type Answers = Map<string, Promise<boolean>>;

/** Who is told of which entities' changes: decided when they are told, by what is known of the entity then. */
export interface Seeing {
  /** Of many changes, those of entities that are seen; null, as the rows, lets all pass. */
  of(changes: readonly Change[], rows: Rows): Promise<readonly Change[]>;
  /** A stream without what is told of entities that are not seen. */
  through<T extends Told<Change | Snapshot>>(
    stream: AsyncGenerator<T, void>,
    rows: Rows,
  ): AsyncGenerator<T, void>;
}

export function seeingIn(among: Among): Seeing {
  const asked = new WeakMap<object, Answers>();

  /** The same change is asked about once for all subscribers who see the same. */
  function sees(told: Told<Change | Snapshot>, rows: string): Promise<boolean> {
    const answers: Answers = asked.get(told) ?? new Map<string, Promise<boolean>>();
    asked.set(told, answers);
    const known = answers.get(rows);
    if (known) return known;
    const { entityId } = told.change;
    const answer = among([entityId], rows).then((seen) => seen.has(entityId));
    answers.set(rows, answer);
    // What could not be asked is asked again.
    answer.catch(() => answers.delete(rows));
    return answer;
  }

  async function* seen<T extends Told<Change | Snapshot>>(stream: AsyncGenerator<T, void>, rows: string) {
    for await (const told of stream) if (await sees(told, rows)) yield told;
  }

  return {
    async of(changes, rows) {
      if (rows === null || changes.length === 0) return changes;
      const seen = await among([...new Set(changes.map(({ entityId }) => entityId))], rows);
      return changes.filter(({ entityId }) => seen.has(entityId));
    },
    through: (stream, rows) => (rows === null ? stream : seen(stream, rows)),
  };
}
