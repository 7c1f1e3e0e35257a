/** The systems of record that every contender writes to: maps in memory that take a fixed time, or none. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Examined, Order, Outcome, Participant } from '../../coordination/participant.ts';
import type { Values } from '../../coordination/write.ts';
import type { SystemName } from '../../schema/generated/contracts.ts';

interface Kept {
  readonly version: number;
  readonly values: Values;
}

/** What an owner tells the change feed of a record, as long as the product's own do. */
const fingerprints = Object.fromEntries(
  [
    'name',
    'segment',
    'industry',
    'website',
    'phone',
    'employees',
    'language',
    'creditLimit',
    'paymentTerms',
  ].map((name) => [name, 'AAAAAAAAAAA']),
);

/** Keys that an owner remembers, as one does that has them for a day: what is older is not sent again here. */
const remembered = 10_000;

/** The CRM and the ERP by version, billing by idempotency key. `latency` in milliseconds of each call. */
export function ownersOf(latency: number): readonly Participant[] {
  return [
    ownerOf('CRM', 'conditional', latency),
    ownerOf('ERP', 'conditional', latency),
    ownerOf('BILLING', 'keyed', latency),
  ];
}

function ownerOf(system: SystemName, kind: 'conditional' | 'keyed', latency: number): Participant {
  const records = new Map<string, Kept>();
  const answers = new Map<string, Outcome>();
  const recordOf = (id: string): Kept => records.get(id) ?? { version: 1, values: {} };
  const told = {
    guarantee: 'EFFECTIVELY_ONCE',
    conditional: kind === 'conditional',
    keyed: kind === 'keyed',
  } as const;

  function carryOut({ entityId, changes, restore, wireKey, ifVersion }: Order): Outcome {
    const { version, values } = recordOf(entityId);
    if (kind === 'conditional' && ifVersion !== String(version)) return { status: 'STALE' };
    const known = answers.get(wireKey);
    if (known) return known;
    records.set(entityId, {
      version: version + 1,
      values: { ...values, ...((restore ?? changes) as Values) },
    });
    const record = { key: `${system}-${entityId}`, fingerprints };
    const outcome: Outcome = { status: 'APPLIED', version: String(version + 1), values: changes, record };
    if (kind === 'keyed') remember(wireKey, outcome);
    return outcome;
  }

  function remember(wireKey: string, outcome: Outcome): void {
    const [oldest] = answers.keys();
    if (oldest !== undefined && answers.size >= remembered) answers.delete(oldest);
    answers.set(wireKey, outcome);
  }

  return {
    system,
    async examine({ entityId, changes, restore }): Promise<Examined> {
      if (latency > 0) await pause(latency);
      const { version, values } = recordOf(entityId);
      const of = (name: string): unknown => values[name] ?? null;
      const names = Object.keys(changes);
      const current = Object.fromEntries(names.map((name) => [name, of(name)]));
      return {
        ...told,
        found: {
          version: String(version),
          values: current,
          restore: current,
          same: names.filter((name) => of(name) === changes[name]),
          restored:
            restore !== undefined &&
            Object.entries(restore as Values).every(([name, value]) => of(name) === value),
          refusals: [],
        },
      };
    },
    async apply(order) {
      if (latency > 0) await pause(latency);
      return carryOut(order);
    },
  };
}
