import { isDeepStrictEqual } from 'node:util';
import { seedKey, type Entry } from './history.ts';

/** A change that an owner made to one of its records. */
export interface Effect {
  readonly seq: number;
  /** As the contract calls it. */
  readonly system: string;
  /** The record, across all owners. */
  readonly record: string;
  /** The write that ordered it, by its wire key; null where it names none. */
  readonly write: string | null;
  readonly undo: boolean;
  readonly version: string;
  /** Fields that it changed: what they were, and what they became. */
  readonly changed: Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>;
  /** The record after it, as JSON. */
  readonly after: string;
  /** Whether it is anything but a change of a record that was there. */
  readonly strange: boolean;
}

/** What happened to records after the run began, in order. Pure. */
export function effectsIn(history: readonly Entry[]): readonly Effect[] {
  const present = new Map<string, Entry['body']>();
  return history.flatMap((entry): Effect[] => {
    const { seq, entity, key, kind, version, wire_key: wireKey, body } = entry;
    const record = `${entity} ${key}`;
    const before = present.get(record);
    present.set(record, body);
    if (kind === 'CREATE' && wireKey?.startsWith(seedKey) === true) return [];
    return [
      {
        seq: Number(seq),
        system: (entity.split('_')[0] ?? '').toUpperCase(),
        record,
        ...ordererOf(wireKey),
        version,
        changed: differences(before ?? {}, body),
        after: JSON.stringify(body),
        strange: kind !== 'UPDATE' || before === undefined,
      },
    ];
  });
}

/** A wire key begins with the write's id and the step's ordinal; that of an undo says so behind them. */
function ordererOf(wireKey: string | null): Pick<Effect, 'write' | 'undo'> {
  const [, write = null, rest = ''] = /^([^.]+)\.\d+(.*)$/s.exec(wireKey ?? '') ?? [];
  return { write, undo: rest.includes('undo') };
}

function differences(from: Entry['body'], to: Entry['body']): Effect['changed'] {
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  return Object.fromEntries(
    names
      .filter((name) => !isDeepStrictEqual(from[name] ?? null, to[name] ?? null))
      .map((name) => [name, { from: from[name] ?? null, to: to[name] ?? null }]),
  );
}
