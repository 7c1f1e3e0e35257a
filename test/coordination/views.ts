import type { WriteView } from '../../coordination/coordination.ts';
import type { Step } from '../../coordination/write.ts';

/** A step of a write, as it is before anything has happened to it. */
export function stepLike(given: Partial<Step> = {}): Step {
  return {
    ordinal: 0,
    system: 'CRM',
    kind: 'OWNER',
    changes: { name: 'New' },
    expect: null,
    guarantee: 'EFFECTIVELY_ONCE',
    undoable: true,
    state: 'READY',
    before: { version: 'v1', values: { name: 'Old' }, restore: {}, same: [] },
    versionAfter: null,
    after: null,
    sent: false,
    attempts: 0,
    waits: 0,
    due: null,
    generation: 0,
    cause: null,
    settledAt: null,
    ...given,
  };
}

/** A write without copies. */
export function writeLike(given: Partial<WriteView> = {}): WriteView {
  return {
    id: '0190a0b0-0000-7000-8000-000000000001',
    entity: 'Customer',
    entityId: '0190a0b0-0000-7000-8000-00000000000a',
    mode: 'ALL',
    lane: 'INTERACTIVE',
    state: 'SUCCEEDED',
    epoch: 1,
    steps: [stepLike()],
    correlationId: 'c',
    traceparent: null,
    requestedBy: 'alice',
    reason: null,
    planHash: 'p',
    policy: 'q',
    approve: [],
    approval: null,
    acceptedAt: '2026-03-01T09:30:00.123456+00:00',
    settledAt: '2026-03-01T09:31:00.000Z',
    copies: [],
    ...given,
  };
}
