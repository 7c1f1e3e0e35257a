import type { Story } from './check.ts';
import type { Claim, ClaimedReceipt, Told } from './claims.ts';
import { seedKey, type Entry } from './history.ts';

/** A line of the owners' log: a record of `{ field: value }` in its next version. */
export function logOf(
  lines: readonly (readonly [record: string, wireKey: string | null, change: object])[],
): Entry[] {
  const versions = new Map<string, number>();
  const bodies = new Map<string, object>();
  return lines.map(([record, wireKey, change], i) => {
    const [entity = '', key = ''] = record.split(' ');
    const version = (versions.get(record) ?? 0) + 1;
    const body = { ...bodies.get(record), ...change };
    versions.set(record, version);
    bodies.set(record, body);
    const kind = version === 1 ? 'CREATE' : 'UPDATE';
    return { seq: String(i + 1), entity, key, kind, version: String(version), wire_key: wireKey, body };
  });
}

export const account = 'crm_account a';
export const partner = 'erp_business_partner p';
export const start = [
  [account, seedKey, { Industry: 'Trade', Name: 'Firm' }],
  [partner, seedKey, { City: 'Town' }],
] as const;

export const receipt = (
  attribute: string,
  system: string,
  outcome: ClaimedReceipt['outcome'],
  versionAfter: string | null = null,
): ClaimedReceipt => ({ attribute, system, outcome, versionBefore: '"v1"', versionAfter });

export const toldOf = (n: number, changes: readonly string[], more: Partial<Told> = {}): Told => ({
  submission: {
    index: n,
    key: `key-${n}`,
    customer: 'c',
    mode: 'ALL',
    wait: 'ACCEPTED',
    changes: Object.fromEntries(changes.map((name) => [name, `w${n}`])),
    mark: `w${n}`,
  },
  sent: n * 10,
  answered: n * 10 + 5,
  ids: [`W${n}`],
  refusals: [],
  ...more,
});

export const claimOf = (
  n: number,
  receipts: readonly ClaimedReceipt[],
  more: Partial<Claim> = {},
): Claim => ({
  id: `W${n}`,
  copyOf: null,
  queue: 'c',
  number: n,
  mode: 'ALL',
  state: 'SUCCEEDED',
  receipts,
  ...more,
});

/** One write of two attributes in two systems, as it should be. */
export const good: Story = {
  history: logOf([...start, [account, 'W1.0.0', { Industry: 'w1' }], [partner, 'W1.1.0', { City: 'w1' }]]),
  told: [toldOf(1, ['industry', 'city'])],
  claims: [
    claimOf(1, [receipt('industry', 'CRM', 'APPLIED', '"v2"'), receipt('city', 'ERP', 'APPLIED', 'W/"2"')]),
  ],
};
