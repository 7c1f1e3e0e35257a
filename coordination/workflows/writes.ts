import type { EntityName } from '../../schema/generated/contracts.ts';
import { isBegun } from '../decisions.ts';
import type { Journal, Stored } from '../journal.ts';
import { orderedDraft } from '../ordered.ts';
import type { Records } from '../records.ts';
import type { Worker } from '../worker.ts';
import { isOver as isWritten, type Step } from '../write.ts';
import { keyOf, subject } from './place.ts';
import type { Command, Place, Workflow, Written, WrittenStep } from './workflow.ts';

export interface WritesOptions {
  readonly journal: Pick<Journal, 'lookup' | 'accept' | 'close'>;
  readonly records: Pick<Records, 'stored'>;
  readonly worker: Pick<Worker, 'look'>;
}

/** The writes of workflows, in the journal of all writes. */
export interface Writes {
  /** `BARRED` while others merge the customer. The write of a place, ordered now where it was not yet; carried out by whoever carries out writes. */
  ordered(workflow: Workflow, command: Extract<Command, { do: 'WRITE' }>): Promise<Written | 'BARRED'>;
  /** The write of a place, ended now where nothing of it has begun; null where none was ordered. */
  stopped(workflow: Workflow, place: Place): Promise<Written | null>;
}

export function writesIn({ journal, records, worker }: WritesOptions): Writes {
  async function known({ id, entityId }: Workflow, place: Place): Promise<Stored | null> {
    const key = keyOf(id, place);
    const found = (await journal.lookup('ONBOARDING', subject, key, key, entityId)).known;
    return found && records.stored(found.id);
  }

  return {
    async ordered(workflow, { place, steps, of }) {
      const there = await known(workflow, place);
      if (there) return writtenOf(there);
      const { reason, requestedBy, correlationId, traceparent } = workflow;
      const entityId = of ?? workflow.entityId;
      const key = keyOf(workflow.id, place);
      const accepted = await journal.accept(
        orderedDraft({
          ...{ entityId, reason, requestedBy, correlationId, traceparent, subject, key },
          entity: workflow.entity as EntityName,
          mode: 'ALL',
          lane: 'ONBOARDING',
          // There is one for each place, whatever it would be made of by now.
          hash: key,
          steps,
        }),
        null,
        false,
      );
      if ('barred' in accepted) return 'BARRED';
      worker.look();
      const write = 'write' in accepted ? accepted.write : await records.stored(accepted.id);
      if (!write) throw new Error('a write that was accepted is not there');
      return writtenOf(write);
    },

    async stopped(workflow, place) {
      const write = await known(workflow, place);
      if (!write) return null;
      if (isWritten(write.state) || isBegun(write)) return writtenOf(write);
      if (await journal.close(write, 'CANCELLED', {}, [])) worker.look();
      const left = await known(workflow, place);
      return left && writtenOf(left);
    },
  };
}

/** What a workflow remembers of a write. Pure. */
export function writtenOf({ id, state, steps }: Stored): Written {
  // Of several that went well the first; otherwise the one that says why not.
  const step = steps.find(({ cause }) => cause !== null) ?? steps[0];
  if (!step) throw new Error('a write of a workflow has a step');
  const others = steps.filter((one) => one !== step);
  return {
    ...{ id, state, ...stepOf(step) },
    ...(others.length > 0 ? { others: others.map(stepOf) } : {}),
    causes: steps.flatMap(causesOf),
  };
}

function stepOf(step: Step): WrittenStep {
  const { system, kind, state, before, after, versionAfter: version, merge, loose } = step;
  return {
    ...{ system, kind, version },
    applied: state === 'APPLIED',
    before: before?.values ?? {},
    after: after ?? before?.values ?? {},
    ...(merge ? { merge } : {}),
    ...(loose ? { loose } : {}),
  };
}

function causesOf({ cause }: Step): Written['causes'] {
  if (cause === null) return [];
  return [cause, ...(cause.others ?? [])].map(({ code, message, attribute }) => ({
    ...{ code, message },
    ...(attribute === undefined ? {} : { attribute }),
  }));
}
