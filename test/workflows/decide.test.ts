import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { OnboardingCommand, OnboardingEvent } from '../../coordination/workflows/onboarding/commands.ts';
import {
  begunWith,
  onboarding,
  questionOf,
  standingOf,
  type Memory,
} from '../../coordination/workflows/onboarding/index.ts';
import { enrichmentOf } from '../../coordination/workflows/reference/embedded.ts';
import type { Answer, Command, Workflow, Written } from '../../coordination/workflows/workflow.ts';
import { isOver } from '../../coordination/workflows/workflow.ts';
import { isOver as isWritten, type Values } from '../../coordination/write.ts';

const canary = 'Kanarienvogel';
const whole: Values = {
  name: canary,
  country: 'DE',
  billingAddress: { lines: [`${canary} 1`], city: canary, region: null, postalCode: '20457', country: 'DE' },
  taxRegistrations: [{ country: 'DE', kind: 'VAT', number: 'DE136695976', validFrom: null, validTo: null }],
};
const nothing: Answer = { values: {}, different: [], sameAs: null, approve: null, reason: null };

function fresh(given: Values): Workflow<Memory> {
  return {
    ...{
      id: '0190a0b0-0000-7000-8000-000000000001',
      kind: 'ONBOARDING',
      entity: 'Customer',
      entityId: 'self',
    },
    ...{ state: 'RUNNING', stage: 'READING', memory: begunWith(given), epoch: 1, cancelling: null },
    ...{
      requestedBy: 'ann',
      reason: null,
      correlationId: 'c',
      traceparent: null,
      startedAt: '',
      settledAt: null,
    },
  };
}

/** What the world answers; each number decides one thing, and none is left when all goes well. */
type Luck = () => number;

function writtenAt(
  { place, ...command }: Extract<Command, { do: 'WRITE' | 'STOP' }>,
  luck: Luck,
  before?: Written | null,
): OnboardingEvent {
  if (command.do === 'STOP' && before === undefined) return { type: 'WRITTEN', place, write: null };
  const [step] = 'steps' in command ? command.steps : [];
  const state =
    (['SUCCEEDED', 'PENDING', 'FAILED', 'REVIEW', 'CANCELLED', 'SUCCEEDED'] as const)[luck()] ?? 'SUCCEEDED';
  const write: Written = {
    ...{ id: `${place.stage}.${place.generation}`, state, applied: luck() !== 1 },
    ...{
      kind: step?.kind ?? before?.kind ?? 'CREATE',
      system: step?.system ?? before?.system ?? 'CRM',
      version: '1',
    },
    ...{
      before: {},
      after: {},
      causes: state === 'FAILED' ? [{ code: 'INVALID_VALUE', message: 'no' }] : [],
    },
  };
  return { type: 'WRITTEN', place, write };
}

function answerTo(workflow: Workflow<Memory>, luck: Luck): OnboardingEvent {
  const question = questionOf(workflow);
  const by = 'bob';
  switch (question?.kind) {
    case 'FIELDS':
      return { type: 'ANSWERED', by, answer: { ...nothing, values: whole } };
    case 'DUPLICATE': {
      const ids = question.candidates.map(({ id }) => id);
      return {
        type: 'ANSWERED',
        by,
        answer: luck() === 1 ? { ...nothing, sameAs: ids[0] ?? '' } : { ...nothing, different: ids },
      };
    }
    case 'APPROVAL':
      return { type: 'ANSWERED', by, answer: { ...nothing, approve: luck() !== 1 } };
    default:
      return luck() === 1 ? { type: 'WOKEN' } : { type: 'RETRIED', by };
  }
}

function eventFor(
  workflow: Workflow<Memory>,
  command: Exclude<Command | OnboardingCommand, { do: 'END' }>,
  luck: Luck,
): OnboardingEvent {
  if (command.do === 'WAIT') return answerTo(workflow, luck);
  if (luck() === 3) return { type: 'LATER', who: 'CRM', code: 'SYSTEM_UNAVAILABLE' };
  switch (command.do) {
    case 'READ':
      return {
        type: 'READ',
        system: 'CRM',
        values: luck() === 1 ? { name: canary, lifecycleStatus: 'PROSPECT' } : null,
      };
    case 'MATCH': {
      const verdict = ([null, 'ASK', 'SAME'] as const)[luck()] ?? null;
      const candidates = verdict ? [{ id: 'other', verdict, score: 0.9, reasons: [] }] : [];
      return {
        type: 'MATCHED',
        facts: command.facts,
        candidates: candidates.filter(({ id }) => !command.cleared.includes(id)),
      };
    }
    case 'ENRICH':
      return { type: 'ENRICHED', of: command.of, enrichment: enrichmentOf(command.of) };
    default:
      return writtenAt(command, luck, workflow.memory.writes[command.place.stage]);
  }
}

/** Checks what must hold of every command, whatever has happened before. */
function check({ memory, state }: Workflow<Memory>, command: Command | OnboardingCommand): void {
  if (command.do !== 'WRITE') return;
  const { stage, undo } = command.place;
  expect(state).toBe('RUNNING');
  expect(command.steps).toHaveLength(stage === 'ACTIVATION' ? 3 : 1);
  const done = (name: string): boolean => memory.writes[name]?.state === 'SUCCEEDED';
  expect(done(undo ? `${stage}/undo` : stage)).toBe(false);
  if (undo) expect(memory.writes[stage]).toMatchObject({ state: 'SUCCEEDED', applied: true });
  else expect(memory.ending).toBeNull();
  if (stage === 'ERP_CUSTOMER' && undo) expect(done('BILLING_ACCOUNT')).toBe(false);
  if (stage === 'BILLING_ACCOUNT') expect(done('ERP_CUSTOMER')).toBe(true);
  if (stage === 'ACTIVATION') expect(done('BILLING_ACCOUNT')).toBe(true);
}

function checkEnd({ memory, state }: Workflow<Memory>): void {
  if (state === 'SUCCEEDED') {
    for (const stage of ['ERP_CUSTOMER', 'BILLING_ACCOUNT', 'ACTIVATION'])
      expect(memory.writes[stage]?.state).toBe('SUCCEEDED');
    return;
  }
  expect(memory.writes.BILLING_ACCOUNT?.state).not.toBe('SUCCEEDED');
  for (const stage of ['ERP_CUSTOMER', 'CRM_ACCOUNT']) {
    const write = memory.writes[stage];
    expect(write === null || write === undefined || isWritten(write.state)).toBe(true);
    if (write?.state === 'SUCCEEDED' && write.applied)
      expect(isWritten(memory.writes[`${stage}/undo`]?.state ?? 'PENDING')).toBe(true);
  }
}

test('whatever happens: nothing is written twice or out of turn, what is given up is undone, and no value is told', () => {
  const ends = new Set<string>();
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 120 }),
      fc.boolean(),
      fc.option(fc.integer({ min: 1, max: 25 }), { nil: null }),
      (numbers, complete, cancelAt) => {
        const left = [...numbers];
        const luck: Luck = () => left.shift() ?? 0;
        let workflow = fresh(
          complete ? whole : { name: canary, creditLimit: { amount: '1.00', currency: 'EUR' } },
        );
        for (let n = 0; n < 400 && !isOver(workflow.state); n++) {
          const command = onboarding.decide(workflow);
          check(workflow, command);
          if (command.do === 'END') throw new Error('what is over would have been stored so');
          // The store lets nobody cancel beyond the pivot.
          const cancels = n === cancelAt && !onboarding.pivot.includes(workflow.stage);
          const event: OnboardingEvent = cancels
            ? { type: 'CANCELLING', by: 'carl', reason: null }
            : eventFor(workflow, command, luck);
          const after = onboarding.evolve(workflow, event);
          expect(JSON.stringify(onboarding.told(workflow, event, after))).not.toContain(canary);
          expect(JSON.stringify(onboarding.asks(after))).not.toContain(canary);
          expect(after.state === 'PARKED').toBe(questionOf(after) !== null);
          workflow = after;
        }
        expect(isOver(workflow.state)).toBe(true);
        expect('end' in standingOf(workflow.memory)).toBe(true);
        checkEnd(workflow);
        ends.add(workflow.state);
      },
    ),
    { numRuns: 200 },
  );
  expect([...ends].sort()).toEqual(['CANCELLED', 'FAILED', 'SUCCEEDED']);
});

test.each([
  [
    'an enterprise in Germany',
    { country: 'DE', segment: 'ENTERPRISE' },
    ['billingAddress', 'legalEntity.registrationNumber'],
  ],
  ['nobody knows where', {}, ['country', 'billingAddress']],
])('what is missing before the reference is asked: %s', (_, given, fields) => {
  const workflow = onboarding.evolve(fresh({ name: 'x', ...given }), {
    type: 'READ',
    system: 'CRM',
    values: null,
  });
  expect(questionOf(workflow)).toMatchObject({
    kind: 'FIELDS',
    fields: fields.map((field) => ({ field, code: 'MISSING' })),
  });
});

const address = { lines: ['1'], city: 'x', region: null, postalCode: null };
test.each([
  ['US', 'MID_MARKET', ['billingAddress.postalCode', 'billingAddress.region', 'taxRegistrations']],
  ['DE', 'PUBLIC_SECTOR', ['billingAddress.postalCode']],
  ['HK', 'SMALL_BUSINESS', []],
  ['AE', 'SMALL_BUSINESS', ['taxRegistrations']],
])('what %s demands of %s', (country, segment, fields) => {
  const given = { name: 'x', country, segment, billingAddress: { ...address, country } };
  let workflow = onboarding.evolve(fresh(given), { type: 'READ', system: 'CRM', values: null });
  for (const luck = () => 0; workflow.state === 'RUNNING' && workflow.stage !== 'CRM_ACCOUNT';) {
    const command = onboarding.decide(workflow);
    if (command.do === 'END') break;
    workflow = onboarding.evolve(workflow, eventFor(workflow, command, luck));
  }
  const question = questionOf(workflow);
  expect(question?.kind === 'FIELDS' ? question.fields.map(({ field }) => field) : []).toEqual(fields);
});

test('a country under restrictive measures, and one that nobody knows, wait for a second person', () => {
  for (const country of ['KP', 'IR', 'AQ'])
    expect(enrichmentOf({ country, name: 'x', segment: null }).sanctions.verdict).toBe('REVIEW');
});
