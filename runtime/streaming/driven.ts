import type { Connection } from './connection.ts';
import type { Running } from './running.ts';

export interface Driven {
  readonly operation: Running;
  readonly id: string;
  readonly connection: Pick<Connection, 'send' | 'answers' | 'letGo'>;
  /** The protocol's own list of the operations of the connection, by id. */
  readonly subscriptions: Record<string, unknown>;
}

/**
 * An operation as the protocol library drives one: an iterator, which gives it nothing and sends by itself what there is
 * to send. The library would parse and print each answer again for each client. It still learns when the operation is
 * over, and ends it.
 */
export function driven({
  operation,
  id,
  connection,
  subscriptions,
}: Driven): AsyncGenerator<never, undefined> {
  const stop = (): Promise<typeof over> => {
    operation.stop();
    connection.letGo(operation);
    return Promise.resolve(over);
  };
  return {
    async next() {
      const errors = await operation.run(connection.answers(id));
      connection.letGo(operation);
      if (errors && id in subscriptions) {
        // An operation that ended with errors is not completed besides.
        // eslint-disable-next-line @typescript-eslint/no-dynamic-delete
        delete subscriptions[id];
        connection.send(JSON.stringify({ id, type: 'error', payload: errors }));
      }
      return over;
    },
    return: stop,
    throw: stop,
    [Symbol.asyncIterator]: itself,
    async [Symbol.asyncDispose]() {
      await stop();
    },
  };
}

const over = { done: true, value: undefined } as const;

function itself<T>(this: T): T {
  return this;
}
