import type { Identity } from '../../../identity/index.ts';
import { renewStatistics, type Db } from '../../../runtime/db/index.ts';
import { letGo } from '../../barrier.ts';
import { callOf, later } from '../calls.ts';
import type { Carried } from '../carried.ts';
import type { ErasureCommand, ErasureEvent } from './commands.ts';
import { forgetIn } from './forget.ts';
import type { guardIn } from './guards.ts';
import { erasure, type Memory } from './index.ts';

export interface ErasingOptions {
  readonly db: Db;
  readonly identity: Pick<Identity, 'crosswalk' | 'register'>;
  readonly guard: ReturnType<typeof guardIn>;
  /** Milliseconds for one call to a system. */
  readonly callTimeout: number;
}

/** What erasures alone have done. */
export function erasingIn({
  db,
  identity,
  guard,
  callTimeout,
}: ErasingOptions): Carried<Memory, ErasureCommand, ErasureEvent> {
  return {
    kind: erasure,
    async act(workflow, command) {
      if (command.do === 'GUARD') {
        const looked = await guard(workflow, command.holding, callOf(workflow, callTimeout));
        if ('later' in looked) return later(looked.later, looked.code);
        const objections = looked.refusals.map(({ code, message }) => ({ code, message }));
        return { type: 'GUARDED', objections };
      }
      const done = await db.transaction((tx) => forgetIn(tx, identity, workflow));
      if (!done) return later('COORDINATION', 'WRITES_OPEN');
      // Before it is told as done: whoever ends here does all of it once more.
      await renewStatistics(db);
      return { type: 'FORGOTTEN' };
    },
    isOneAtATime: () => false,
    gaveUp: (tx, { id }) => letGo(tx, id),
    answered: () => Promise.resolve(),
  };
}
