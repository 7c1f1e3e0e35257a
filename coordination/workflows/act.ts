import type { SystemName } from '../../schema/generated/contracts.ts';
import type { Participant } from '../participant.ts';
import { callOf, later } from './calls.ts';
import type { Carried } from './carried.ts';
import type { Command, OwnCommand, OwnEvent, Workflow, WorkflowEvent } from './workflow.ts';
import type { Writes } from './writes.ts';

export interface ActOptions {
  readonly participants: ReadonlyMap<SystemName, Participant>;
  readonly writes: Writes;
  /** Milliseconds for one call to a system. */
  readonly callTimeout: number;
}

/** A command that does something, whatever the kind. */
type Deed = Exclude<Command, { do: 'WAIT' | 'END' }>;

const deeds: ReadonlySet<string> = new Set<Deed['do']>(['READ', 'WRITE', 'STOP']);

/** Does what was decided, and says what has come of it. Whoever cannot be reached is an answer; a fault of ours rejects. */
export function actIn({ participants, writes, callTimeout }: ActOptions) {
  async function read(
    workflow: Workflow,
    { system, attributes, of }: Extract<Deed, { do: 'READ' }>,
  ): Promise<WorkflowEvent> {
    const changes = Object.fromEntries(attributes.map((name) => [name, null]));
    const { entity } = workflow;
    const entityId = of ?? workflow.entityId;
    const examination = { entity, entityId, kind: 'OWNER', changes, validate: false } as const;
    const examined = await participants.get(system)?.examine(examination, callOf(workflow, callTimeout));
    if (!examined || examined.unreachable) return later(system, examined?.unreachable?.code);
    return { type: 'READ', system, values: examined.found?.values ?? null };
  }

  return async (
    workflow: Workflow,
    command: Deed | OwnCommand,
    own: Carried,
  ): Promise<WorkflowEvent | OwnEvent> => {
    if (!isDeed(command)) return own.act(workflow, command);
    switch (command.do) {
      case 'READ':
        return read(workflow, command);
      case 'WRITE': {
        const write = await writes.ordered(workflow, command);
        // Somebody merges the customer: it is written to when that is over.
        return write === 'BARRED'
          ? later('coordination', 'MERGING')
          : { type: 'WRITTEN', place: command.place, write };
      }
      case 'STOP':
        return {
          type: 'WRITTEN',
          place: command.place,
          write: await writes.stopped(workflow, command.place),
        };
    }
  };
}

function isDeed(command: Deed | OwnCommand): command is Deed {
  return deeds.has(command.do);
}
