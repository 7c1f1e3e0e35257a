import { isDeepStrictEqual } from 'node:util';
import type { WorkflowState } from '../../coordination/workflows/workflow.ts';
import type { Entry } from './history.ts';
import type { Course, Newcomer } from './newcomers.ts';
import { entriesOf, isLiving, madeIn, recordsOf, systems, type Kept } from './records.ts';
import type { Onboarding } from './said.ts';
import type { Property, Violation } from './verdict.ts';

/** What became of a newcomer in the eyes of whoever asked for it. */
export interface Admitted {
  readonly newcomer: Newcomer;
  /** Ids of all onboardings that answers to it named. */
  readonly ids: readonly string[];
  readonly refusals: readonly string[];
}

/** Everything that is known of new customers when a run is over. */
export interface Admissions {
  readonly history: readonly Entry[];
  readonly admitted: readonly Admitted[];
  readonly onboardings: readonly Onboarding[];
}

/** How each course may end. */
const endings: Readonly<Record<Course, readonly WorkflowState[]>> = {
  PLAIN: ['SUCCEEDED'],
  GIVEN_UP: ['CANCELLED'],
  MENDED: ['SUCCEEDED'],
  // Too late, or in time.
  CANCELLED: ['SUCCEEDED', 'CANCELLED'],
  LEFT: ['PARKED'],
};

/** What the CRM calls a customer that is active. */
const active = 'Customer';

/** Holds what was said of new customers against the owners' own history. Pure. */
export function checkAdmissions({ history, admitted, onboardings }: Admissions): readonly Violation[] {
  const accounts = admitted.flatMap(({ newcomer }) => newcomer.account ?? []);
  const entries = entriesOf(history, accounts);
  const records = recordsOf(entries, accounts);
  const byId = new Map(onboardings.map((one) => [one.id, one]));
  const askedBy = new Map(admitted.flatMap((one) => one.ids.map((id) => [id, one.newcomer])));
  return [
    ...admitted.flatMap((one) => promised(one, byId)),
    ...onboardings.flatMap((one) => {
      const newcomer = askedBy.get(one.id);
      const own = records.filter(({ customer }) => customer === one.customer);
      return newcomer
        ? [...once(one, own), ...ended(one, newcomer), ...left(one, own), ...crossed(one, own)]
        : [seen('phantom', one, 'nobody asked for it')];
    }),
    ...ordered(entries, records, onboardings),
  ];
}

function seen(property: Property, { id, state }: Pick<Onboarding, 'id' | 'state'>, what: string): Violation {
  return { property, seen: `the onboarding ${id}, ${state}: ${what}` };
}

/** What was asked for is there, and once. */
function promised(
  { newcomer: { key }, ids, refusals }: Admitted,
  byId: ReadonlyMap<string, Onboarding>,
): readonly Violation[] {
  const different = [...new Set(ids)];
  const lost = different.filter((id) => !byId.has(id));
  return [
    ...(refusals.length > 0
      ? [{ property: 'disagree' as const, seen: `${key} was refused: ${refusals.join()}` }]
      : []),
    ...(different.length > 1
      ? [{ property: 'duplicated' as const, seen: `${key} became ${different.join(' and ')}` }]
      : []),
    ...lost.map((id) => ({
      property: 'lost' as const,
      seen: `${key} was acknowledged as ${id}, which is not there`,
    })),
  ];
}

/** No system ever has two records of a customer at the same time, and each comes after those that it is made from. */
function once(one: Onboarding, own: readonly Kept[]): readonly Violation[] {
  return systems.flatMap((system, i) => {
    const here = own.filter((record) => record.system === system);
    const beside = here.filter((record) =>
      here.some((other) => other !== record && other.born <= record.born && record.born < other.gone),
    );
    const before = systems[i - 1];
    const early = here.filter(
      ({ seeded, born }) =>
        !seeded && before && !own.some((other) => other.system === before && other.born < born),
    );
    return [
      ...beside.map(({ key }) => seen('duplicated', one, `${key} is a second record in ${system}`)),
      ...early.map(({ key }) =>
        seen('outOfOrder', one, `${key} in ${system} was there before one in ${before}`),
      ),
    ];
  });
}

/** It is at an end, and at one that it may have. */
function ended(one: Onboarding, { course }: Newcomer): readonly Violation[] {
  const { state, stage, question } = one;
  if (endings[course].includes(state) && (state !== 'PARKED' || question?.kind === 'REFUSED')) return [];
  const property = state === 'RUNNING' || state === 'PARKED' ? 'lost' : 'disagree';
  return [
    seen(property, one, `${course} is no course for it at ${stage}, asked ${question?.kind ?? 'nothing'}`),
  ];
}

/** One that went well has a record in each system; one that did not leaves nothing behind. */
function left(one: Onboarding, own: readonly Kept[]): readonly Violation[] {
  const living = own.filter(isLiving);
  const account = living.find(({ system }) => system === 'CRM');
  switch (one.state) {
    case 'SUCCEEDED':
      return [
        ...systems
          .filter((system) => !living.some((record) => record.system === system))
          .map((system) => seen('torn', one, `nothing in ${system}`)),
        ...(account && account.body.Type !== active
          ? [seen('disagree', one, `the CRM says ${JSON.stringify(account.body.Type)}`)]
          : []),
      ];
    case 'FAILED':
    case 'CANCELLED':
      return [
        ...living
          .filter(({ seeded }) => !seeded)
          .map(({ system, key }) => seen('torn', one, `it has left ${key} in ${system}`)),
        ...own
          .filter(({ seeded, first, body }) => seeded && !isDeepStrictEqual(first, body))
          .map(({ system, key }) => seen('torn', one, `${key} in ${system} is not as it was`)),
      ];
    default:
      return [];
  }
}

/** The register has the records that there are, and no others. */
function crossed(one: Onboarding, own: readonly Kept[]): readonly Violation[] {
  return systems.flatMap((system) => {
    const [record] = own.filter((each) => each.system === system && isLiving(each));
    const [said, is] = [one.keys[system] ?? 'none', record?.key ?? 'none'];
    return said === is
      ? []
      : [seen('disagree', one, `the register says ${said} in ${system}, where there is ${is}`)];
  });
}

/** Every effect on such records is that of an onboarding, on a record of its own customer. */
function ordered(
  entries: readonly Entry[],
  records: readonly Kept[],
  onboardings: readonly Onboarding[],
): readonly Violation[] {
  const ordering = new Map(onboardings.flatMap((one) => one.writes.map((write) => [write, one])));
  return entries.flatMap((entry): readonly Violation[] => {
    if (madeIn(entry) === 'SEED') return [];
    const { seq, entity, key, wire_key: wireKey } = entry;
    const of = ordering.get(wireKey?.split('.')[0] ?? '');
    const record = records.find((one) => one.entity === entity && one.key === key);
    if (of && record?.customer === of.customer) return [];
    const why = of ? `it is about ${of.customer}` : 'no onboarding has ordered it';
    return [
      { property: 'phantom', seen: `effect ${seq} at ${entity} ${key}, of ${wireKey ?? 'nobody'}: ${why}` },
    ];
  });
}
