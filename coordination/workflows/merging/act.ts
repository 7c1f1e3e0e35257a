import type { Identity } from '../../../identity/index.ts';
import type { Db } from '../../../runtime/db/index.ts';
import type { EntityName } from '../../../schema/generated/contracts.ts';
import { hold, letGo } from '../../barrier.ts';
import { tellOf } from '../became.ts';
import { callOf, later } from '../calls.ts';
import type { Carried } from '../carried.ts';
import type { MergeCommand, MergeEvent } from './commands.ts';
import { merging, type Memory } from './index.ts';
import { lookAt, type LookOptions } from './look.ts';

export interface MergingOptions extends LookOptions {
  readonly db: Db;
  readonly identity: Pick<Identity, 'crosswalk' | 'merging'>;
  /** Milliseconds for one call to a system. */
  readonly callTimeout: number;
}

/** What merges alone have done. */
export function mergingIn(options: MergingOptions): Carried<Memory, MergeCommand, MergeEvent> {
  const { db, identity, callTimeout } = options;
  return {
    kind: merging,
    async act(workflow, command) {
      const { id, entity, entityId, requestedBy: by, reason } = workflow;
      switch (command.do) {
        case 'HOLD': {
          const held = await hold(db, command.ids, id);
          const isDry = held.busy !== null || held.asked.length > 0 || held.left === 0;
          return isDry ? { type: 'HELD', hold: held } : later('queues', 'DRAINING');
        }
        case 'LOOK': {
          const ids = [entityId, command.other] as const;
          const found = await lookAt(options, entity as EntityName, ids, callOf(workflow, callTimeout));
          return 'unreached' in found
            ? later(found.unreached, found.code)
            : { type: 'LOOKED', parties: found };
        }
        case 'JOIN': {
          const { other, gone } = command;
          await db.transaction(async (tx) => {
            const joined = await identity.merging.merge(tx, {
              id,
              survivor: entityId,
              other,
              gone,
              by,
              reason,
            });
            if (joined) await tellOf(tx, workflow, 'MERGED', [other, entityId]);
            // Nothing is ever written in the name of one that lives on as another.
            await letGo(tx, id, [other]);
          });
          return { type: 'JOINED' };
        }
      }
    },
    isOneAtATime: () => false,
    gaveUp: (tx, { id }) => letGo(tx, id),
    answered: () => Promise.resolve(),
  };
}
