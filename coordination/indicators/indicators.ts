import type { Distribution, Label, Labels, Metrics } from '../../runtime/telemetry.ts';
import type { Figures } from './figures.ts';

/** One business figure: what it is, and how it is shown among the metrics. */
export interface Indicator extends Meaning {
  /** `gauge`: how it stands. `counter`: how often it has happened since there is the store. */
  readonly kind: 'gauge' | 'counter' | 'histogram';
  readonly labels: readonly Label[];
  show(metrics: Metrics, figures: () => Promise<Figures>): void;
}

interface Meaning {
  /** Its name in the graph. */
  readonly field: Exclude<keyof Figures, 'asOf'>;
  /** Its name among the metrics. */
  readonly metric: string;
  readonly unit: 'customers' | 'work items' | 'writes' | 'duplicates' | 'differences' | 'seconds';
  /** What it is, in one sentence: the same in the graph, the metrics and the docs. */
  readonly about: string;
  /** How it is counted, and what is not. */
  readonly counted: string;
}

type Samples<L extends Label> = (figures: Figures) => readonly (readonly [Labels<L>, number])[];

function counted<L extends Label>(
  kind: 'gauge' | 'counter',
  meaning: Meaning,
  labels: readonly L[],
  samples: Samples<L>,
): Indicator {
  return {
    ...{ ...meaning, kind, labels },
    show(metrics, figures) {
      const name = kind === 'gauge' ? 'gauge' : 'tally';
      metrics[name](meaning.metric, meaning.about, labels, async () => samples(await figures()));
    },
  };
}

function spread(meaning: Meaning, distribution: (figures: Figures) => Distribution): Indicator {
  return {
    ...{ ...meaning, kind: 'histogram', labels: [] },
    show(metrics, figures) {
      metrics.distribution(meaning.metric, meaning.about, async () => distribution(await figures()));
    },
  };
}

/** Every business figure there is. */
export const indicators: readonly Indicator[] = [
  counted(
    'gauge',
    {
      field: 'customersPendingErpCreation',
      metric: 'customers_pending_erp_creation',
      unit: 'customers',
      about: 'New customers of whom the ERP has no record yet.',
      counted: 'Onboardings that are not over and whose stage is not behind ERP_CUSTOMER.',
    },
    [],
    (figures) => [[{}, figures.customersPendingErpCreation]],
  ),
  counted(
    'counter',
    {
      field: 'taxProfileUpdatesFailed',
      metric: 'tax_profile_updates_failed_total',
      unit: 'writes',
      about: 'Changes of tax ids or of the tax classification that were accepted and not made.',
      counted:
        'When the write first comes to rest: refused, undone, or left to a person. That a person has it made later takes nothing away.',
    },
    [],
    (figures) => [[{}, figures.taxProfileUpdatesFailed]],
  ),
  counted(
    'gauge',
    {
      field: 'workItemsOpen',
      metric: 'work_items_open',
      unit: 'work items',
      about: 'Work items that wait for a person, by kind and age.',
      counted: 'Those that are open or wait for a second person, by the time since they were raised.',
    },
    ['kind', 'age'],
    ({ workItemsOpen }) => workItemsOpen.map(({ kind, age, count }) => [{ kind, age }, count]),
  ),
  counted(
    'counter',
    {
      field: 'duplicatesAvoided',
      metric: 'duplicates_avoided_total',
      unit: 'duplicates',
      about:
        'Pairs of customers that were found to be one before they were two, or that a person found to be one.',
      counted:
        'Once for each pair: onboardings that ended on a customer who is there already, and decisions SAME. One that is decided to be DIFFERENT later is taken away.',
    },
    ['kind'],
    ({ duplicatesAvoided: { byMatcher, byPerson } }) => [
      [{ kind: 'MATCHER' }, byMatcher],
      [{ kind: 'PERSON' }, byPerson],
    ],
  ),
  spread(
    {
      field: 'creationToBillable',
      metric: 'customer_creation_to_billable_seconds',
      unit: 'seconds',
      about:
        'Time from when a new customer was seen, in the CRM or by a request, until it has a billing account.',
      counted: 'Onboardings whose billing account was made, not found, when its write is over.',
    },
    ({ creationToBillable }) => creationToBillable,
  ),
  counted(
    'gauge',
    {
      field: 'oldestPendingWrites',
      metric: 'write_oldest_pending_seconds',
      unit: 'seconds',
      about: 'Age of the oldest write that waits for the system.',
      counted: 'Writes and copies that were accepted and are not over; not those that wait for a person.',
    },
    ['system'],
    ({ oldestPendingWrites }) => oldestPendingWrites.map(({ system, seconds }) => [{ system }, seconds]),
  ),
  counted(
    'counter',
    {
      field: 'driftFound',
      metric: 'drift_found_total',
      unit: 'differences',
      about: 'Copies of values that were found to differ from what their owners have.',
      counted: 'Each difference once, when a sweep or a system’s own message shows it first.',
    },
    ['system', 'attribute'],
    ({ driftFound }) => driftFound.map(({ system, attribute, found }) => [{ system, attribute }, found]),
  ),
  counted(
    'counter',
    {
      field: 'writesSettled',
      metric: 'writes_settled_total',
      unit: 'writes',
      about: 'Writes that came to rest, by whether the owners confirmed them at the first attempt.',
      counted:
        'When a write first comes to rest, without copies and without those of which no owner had to be asked. FIRST_ATTEMPT: no call was repeated and no owner waited for.',
    },
    ['outcome'],
    ({ writesSettled: { firstAttempt, laterAttempt, notConfirmed } }) => [
      [{ outcome: 'FIRST_ATTEMPT' }, firstAttempt],
      [{ outcome: 'LATER_ATTEMPT' }, laterAttempt],
      [{ outcome: 'NOT_CONFIRMED' }, notConfirmed],
    ],
  ),
];
