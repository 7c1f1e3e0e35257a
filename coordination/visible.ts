import type { Identity } from '../identity/index.ts';
import type { RequestContext } from '../runtime/context.ts';
import type { Coordination, Decided } from './coordination.ts';
import type { Refusal } from './refusal.ts';

/** Whether the customer with this id is one whom a caller sees. */
export type Sees = (entityId: string, context: RequestContext) => Promise<boolean>;

/** Costs nothing for a caller who sees everybody; all that is asked in one turn of a request is one question. */
export function seesBy({ loadersOf, rowsOf }: Pick<Identity, 'loadersOf' | 'rowsOf'>): Sees {
  return async (entityId, context) =>
    rowsOf(context) === null || (await loadersOf(context).registration(entityId)) !== null;
}

/**
 * Governed writes as a caller meets them who sees some customers only: writes of others are unknown to it. What a write is
 * about is looked up in the same way for `update`, `plan` and the like where they are accepted.
 */
export function withinSight(
  coordination: Coordination,
  identity: Pick<Identity, 'loadersOf' | 'rowsOf'>,
): Coordination {
  const sees = seesBy(identity);
  const { rowsOf } = identity;

  async function write(id: string, context: RequestContext) {
    const view = await coordination.write(id, context);
    return view && (await sees(view.entityId, context)) ? view : null;
  }
  const decide = async (
    id: string,
    context: RequestContext,
    decision: () => Promise<Decided>,
  ): Promise<Decided> => {
    const known = rowsOf(context) === null || (await write(id, context)) !== null;
    return known ? decision() : { write: null, refusals: [unknownWrite] };
  };

  return {
    ...coordination,
    write,
    writes: (filter, page, context) =>
      coordination.writes({ ...filter, rows: rowsOf(context) }, page, context),
    async pendingOf(entityIds, page, context) {
      const seen = await Promise.all(entityIds.map((id) => sees(id, context)));
      return coordination.pendingOf(
        entityIds.filter((_, i) => seen[i]),
        page,
        context,
      );
    },
    async progress(id, context) {
      if (rowsOf(context) === null) return coordination.progress(id, context);
      const stream = (await write(id, context)) && (await coordination.progress(id, context));
      return (
        stream &&
        whileSeen(stream, ({ entityId }) => {
          // A request remembers what it has read; what is to be known here is how it is now.
          identity.loadersOf(context).forget(entityId);
          return sees(entityId, context);
        })
      );
    },
    cancel: (id, context) => decide(id, context, () => coordination.cancel(id, context)),
    approve: (id, context) => decide(id, context, () => coordination.approve(id, context)),
    decline: (id, reason, context) => decide(id, context, () => coordination.decline(id, reason, context)),
    retry: (id, context) => decide(id, context, () => coordination.retry(id, context)),
    redrive: (filter, dryRun, context) =>
      coordination.redrive({ ...filter, rows: rowsOf(context) }, dryRun, context),
  };
}

/** A stream that ends once what it tells of is out of its reader's sight, or its reader is gone. */
export function whileSeen<View>(
  stream: AsyncGenerator<View, void>,
  seen: (view: View) => Promise<boolean>,
): AsyncGenerator<View, void> {
  async function* told() {
    for await (const view of stream) {
      if (!(await seen(view))) return;
      yield view;
    }
  }
  const events = told();
  const finish = events.return.bind(events);
  // What waits for the next view hears of its end from the stream alone.
  events.return = (value) => {
    void stream.return();
    return finish(value);
  };
  return events;
}

const unknownWrite: Refusal = { code: 'UNKNOWN_WRITE', message: 'There is no such write.' };
