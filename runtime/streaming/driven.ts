import type { Running } from './running.ts';

export interface Driven {
  readonly operation: Running;
  readonly id: string;
  readonly send: (text: string) => Promise<void> | undefined;
  /** The protocol's own list of the operations of the connection, by id. */
  readonly subscriptions: Record<string, unknown>;
  /** Called when it is over; perhaps more than once. */
  readonly over: () => void;
}

const done = Promise.resolve({ done: true, value: undefined } as const);

/**
 * An operation as the protocol library drives one: an iterator, which gives it nothing and sends by itself what there is
 * to send. The library would parse and print each answer again for each client. It still learns when the operation is
 * over, and ends it.
 */
export function driven({
  operation,
  id,
  send,
  subscriptions,
  over,
}: Driven): AsyncGenerator<never, undefined> {
  const head = `{"id":${JSON.stringify(id)},"type":`;
  const stop = () => {
    operation.stop();
    over();
    return done;
  };
  return {
    next: () =>
      operation
        .run((body) => send(`${head}"next","payload":${body}}`))
        .then((errors) => {
          over();
          if (!errors || !(id in subscriptions)) return done;
          // An operation that ended with errors is not completed besides.
          // eslint-disable-next-line @typescript-eslint/no-dynamic-delete
          delete subscriptions[id];
          void send(`${head}"error","payload":${JSON.stringify(errors)}}`);
          return done;
        }),
    return: stop,
    throw: stop,
    [Symbol.asyncIterator]: itself,
    [Symbol.asyncDispose]: disposed,
  };
}

function itself(this: AsyncGenerator<never, undefined>): AsyncGenerator<never, undefined> {
  return this;
}

async function disposed(this: AsyncGenerator<never, undefined>): Promise<void> {
  await this.return(undefined);
}
