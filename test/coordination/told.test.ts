import { describe, expect, test } from '@jest/globals';
import type { Found } from '../../coordination/participant.ts';
import { stepOf } from '../../coordination/plan.ts';
import { stepAfter, type SagaEvent } from '../../coordination/step.ts';
import { toldOf, untold } from '../../coordination/told.ts';
import type { Step } from '../../coordination/write.ts';

const tolerance = { attempts: 3, now: 0, pause: () => 1 };
const write = { id: 'w', entity: 'Customer', entityId: 'e', correlationId: 'c' };
const record = { key: 'k', fingerprints: { segment: 'x', phone: 'y' } };
const found = (given: Partial<Found>): Found => ({
  ...{
    version: 'v1',
    values: { segment: 'A', phone: '1' },
    restore: {},
    same: ['phone'],
    restored: false,
    refusals: [],
  },
  ...given,
});
const examined = (given: Partial<Found>) => ({
  ...({ guarantee: 'EFFECTIVELY_ONCE', conditional: true, keyed: false } as const),
  found: found(given),
});
const read: Step = {
  ...stepOf('CRM', { segment: 'B', phone: '1' }, null, examined({})).step,
};
const after = (step: Step, ...events: readonly SagaEvent[]): Step =>
  events.reduce((one, event) => stepAfter(one, event, tolerance), step);
const applied = (version: string): SagaEvent => ({
  type: 'CALLED',
  ordinal: 0,
  outcome: { status: 'APPLIED', version, values: { segment: 'B', phone: '1' }, record },
});
const lost: SagaEvent = {
  type: 'CALLED',
  ordinal: 0,
  outcome: { status: 'UNKNOWN', code: 'SYSTEM_UNAVAILABLE', message: 'cut' },
};
const undoing: Step = { ...untold(after(read, applied('v2'))), state: 'UNDOING' };

describe('of a step the change feed is told', () => {
  test.each<[string, Step, object]>([
    [
      'that it was applied, with what it changed and what it found',
      after(read, applied('v2')),
      { version: 'v2', foundVersion: 'v1', written: ['segment'] },
    ],
    [
      'no version that it found where the owner has no conditional writes: somebody may have come between',
      after({ ...read, undoable: false }, applied('v2')),
      { version: 'v2', foundVersion: null, written: ['segment'] },
    ],
    [
      'no version that it found where only a look showed that it was applied',
      after(read, lost, {
        type: 'PROBED',
        ordinal: 0,
        examined: examined({ version: 'v3', same: ['segment', 'phone'], record }),
      }),
      { version: 'v3', foundVersion: null, written: ['segment'] },
    ],
    [
      'that it was undone',
      after(undoing, {
        type: 'UNDO_CALLED',
        ordinal: 0,
        outcome: { status: 'APPLIED', version: 'v3', values: {}, record },
      }),
      { version: 'v3', foundVersion: 'v2', written: ['segment'] },
    ],
    [
      'that it was found to have been undone',
      after(undoing, {
        type: 'UNDO_PROBED',
        ordinal: 0,
        examined: examined({ version: 'v3', restored: true, record }),
      }),
      { version: 'v3', foundVersion: null, written: ['segment'] },
    ],
    [
      'no attribute of a copy, which is none of the system that keeps it',
      after({ ...read, kind: 'COPY' }, applied('v2')),
      { version: 'v2', written: [] },
    ],
  ])('%s', (_, step, expected) => {
    expect(toldOf(write, [step])).toEqual([
      expect.objectContaining({
        ...{ source: 'WRITE', entity: 'Customer', entityId: 'e', system: 'CRM', ...record },
        ...{ touched: [], since: null, known: true, cause: { requestId: 'w', correlationId: 'c' } },
        ...expected,
      }),
    ]);
  });

  test.each<[string, Step]>([
    ['was not begun', read],
    ['may have had an effect', after(read, lost)],
    ['was refused', after(read, { type: 'CALLED', ordinal: 0, outcome: { status: 'REFUSED', causes: [] } })],
    ['was told already', untold(after(read, applied('v2')))],
  ])('nothing where it %s', (_, step) => {
    expect(toldOf(write, [step])).toEqual([]);
  });

  test('nothing that is stored with it', () => {
    expect(untold(after(read, applied('v2')))).not.toHaveProperty('effect');
  });
});
