import type { Identity } from '../../../identity/index.ts';
import type { Db } from '../../../runtime/db/index.ts';
import { hold, letGo } from '../../barrier.ts';
import { tellOf } from '../became.ts';
import { later } from '../calls.ts';
import type { Carried } from '../carried.ts';
import type { UnmergeCommand, UnmergeEvent } from './commands.ts';
import { unmerging, type Memory } from './index.ts';

export interface UnmergingOptions {
  readonly db: Db;
  readonly identity: Pick<Identity, 'merging'>;
}

/** What unmerges alone have done. */
export function unmergingIn({
  db,
  identity,
}: UnmergingOptions): Carried<Memory, UnmergeCommand, UnmergeEvent> {
  return {
    kind: unmerging,
    async act(workflow, command) {
      const { id, entityId: customer, requestedBy: by, reason } = workflow;
      switch (command.do) {
        case 'HOLD': {
          // Writes that wait for a person are of the survivor, and stay its own.
          const held = await hold(db, command.ids, id);
          const isDry = held.busy !== null || held.left === 0;
          return isDry ? { type: 'HELD', hold: held } : later('queues', 'DRAINING');
        }
        case 'PART': {
          const { from, back } = command;
          await db.transaction(async (tx) => {
            const parted = await identity.merging.unmerge(tx, { id, customer, back, by, reason });
            if (parted) await tellOf(tx, workflow, 'UNMERGED', [customer, from]);
          });
          return { type: 'PARTED' };
        }
        case 'RELEASE': {
          const { back } = command;
          await db.transaction(async (tx) => {
            // A feed that was behind may have taken a record for gone that its system has brought back since.
            await identity.merging.unmerge(tx, { id, customer, back, by, reason });
            await letGo(tx, id);
          });
          return { type: 'RELEASED' };
        }
      }
    },
    isOneAtATime: () => false,
    // Nothing has come of it: the one that lives on as another is held as before.
    gaveUp: (tx, { id, entityId }) => letGo(tx, id, [entityId]),
    answered: () => Promise.resolve(),
  };
}
