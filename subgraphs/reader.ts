import DataLoader from 'dataloader';
import type { RequestContext } from '../runtime/context.ts';
import { pageSize, decodeCursor } from '../runtime/cursor.ts';
import { Failure } from '../runtime/failure.ts';
import { callOf } from './call.ts';
import type { Call, Connector, ListPage, Versioned, Where } from './connector.ts';
import type { PageArgs } from './page.ts';
import type { Wanted } from './wanted.ts';

/** Runs a call to a system inside its breaker, bulkhead and deadline. */
export type Guard = <T>(
  context: RequestContext,
  run: (signal: AbortSignal) => Promise<T>,
  options: { readonly retry: boolean },
) => Promise<T>;

/** What of records is needed: the fields that were asked for. */
type Part<R> = Pick<Wanted<R>, 'fields' | 'signature'>;

/** Records by key; one that the system does not have is left out. */
type Records<R> = ReadonlyMap<string, Versioned<Partial<R>>>;

interface Ask<R> extends Part<R> {
  readonly keys: readonly string[];
}

/** Reads records and rows for a request; all that is asked for in one turn goes to the system in one call. */
export interface Reader<R extends object> {
  record(
    context: RequestContext,
    ask: Part<R> & { readonly key: string },
  ): Promise<Versioned<Partial<R>> | null>;
  /** May hold more records, and more of them, than this ask needs. */
  records(context: RequestContext, keys: readonly string[], part: Part<R>): Promise<Records<R>>;
  rows(
    context: RequestContext,
    kind: string,
    parent: string,
    args: PageArgs,
    where: Where,
  ): Promise<ListPage<unknown>>;
}

export interface ReaderOptions<R extends object, Rows extends object> {
  readonly system: string;
  readonly connector: Connector<R, Rows>;
  readonly guard: Guard;
}

/** A reader over one system's connector. */
export function createReader<R extends object, Rows extends object>(
  options: ReaderOptions<R, Rows>,
): Reader<R> {
  const { system, connector, guard } = options;
  const lists = new Map<string, object>();

  async function called<T>(
    context: RequestContext,
    keys: number,
    run: (call: Call) => Promise<T>,
  ): Promise<T> {
    const guarded = () => guard(context, (signal) => run(callOf(context, signal)), { retry: true });
    if (!context.observe) return guarded();
    const startedAt = performance.now() - context.began;
    let failed: string | undefined;
    try {
      return await guarded();
    } catch (error) {
      failed = error instanceof Failure ? error.code : 'INTERNAL_SERVER_ERROR';
      throw error;
    } finally {
      const took = performance.now() - context.began - startedAt;
      context.observe({ system, kind: 'read', startedAt, took, keys, ...(failed ? { failed } : {}) });
    }
  }

  const readBatch = (context: RequestContext, keys: readonly string[], fields: Part<R>['fields']) =>
    called(context, keys.length, (call) => connector.read(keys, fields, call));

  async function readAll(context: RequestContext, asks: readonly Ask<R>[]): Promise<readonly Records<R>[]> {
    const [only] = asks;
    // By far the most reads are one ask for one record.
    if (only && asks.length === 1 && only.keys.length === 1)
      return [await readBatch(context, only.keys, only.fields)];
    const keys = [...new Set(asks.flatMap((ask) => ask.keys))];
    const fields = only && asks.length === 1 ? only.fields : [...new Set(asks.flatMap((ask) => ask.fields))];
    const batches = chunks(keys, connector.capabilities.batchSize);
    const answers = await Promise.all(batches.map((batch) => readBatch(context, batch, fields)));
    const [first, ...rest] = answers;
    const all = first && rest.length === 0 ? first : new Map(answers.flatMap((part) => [...part]));
    return asks.map(() => all);
  }

  // One ask is one entry, however many keys it has: what is done per key costs as much as all the rest.
  const records = (context: RequestContext, keys: readonly string[], { fields, signature }: Part<R>) =>
    context
      .memo(
        connector,
        () =>
          new DataLoader<Ask<R>, Records<R>, string>((asks) => readAll(context, asks), {
            cacheKeyFn: (ask) => `${ask.keys.join()}\n${ask.signature}`,
          }),
      )
      .load({ keys, fields, signature });

  /** One key per list and arguments, so that `memo` gives all parents of a request the same loader. */
  function listKey(signature: string): object {
    const known = lists.get(signature) ?? { signature };
    if (lists.size > 1000) lists.clear();
    lists.set(signature, known);
    return known;
  }

  return {
    records,
    record: async (context, { key, ...part }) => (await records(context, [key], part)).get(key) ?? null,

    async rows(context, kind, parent, args, where) {
      const first = pageSize(args.first);
      const after = args.after == null ? null : decodeCursor(kind, args.after);
      const loader = context.memo(
        listKey(JSON.stringify([kind, first, after, where])),
        () =>
          new DataLoader<string, ListPage<unknown>>(async (parents) => {
            const request = { first, after, where };
            const batches = chunks(parents, connector.capabilities.batchSize);
            const answers = await Promise.all(
              batches.map((batch) =>
                called(context, batch.length, (call) =>
                  connector.list(kind as keyof Rows & string, { ...request, parents: batch }, call),
                ),
              ),
            );
            const empty = { rows: [], total: 0, hasNext: false };
            return parents.map((key) => answers.map((answer) => answer.get(key)).find(Boolean) ?? empty);
          }),
      );
      return loader.load(parent);
    },
  };
}

/** Cuts a list into parts of at most `size`; one part, where it is short. */
export function chunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  if (items.length <= size) return [items];
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}
