import { afterEach, beforeAll, beforeEach, expect } from '@jest/globals';
import type { Db } from '../../../runtime/db/index.ts';
import type { Principal } from '../../../runtime/principal.ts';
import type { OpenStore } from '../../support/store.ts';
import { openReceiver, type Arrived, type Receiver, type Reply } from './receiver.ts';
import { asking, migrated, openSender, operator, registering, until } from './support.ts';

type Sender = Awaited<ReturnType<typeof openSender>>;

/** What the tests of one store need; what a test opens is closed after it. */
export function stageOn(open: OpenStore) {
  let db: Db;
  const stops: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    db = await migrated(await open());
  });
  beforeEach(() => db.script('delete from events_webhook'));
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  });
  const stateOf = async ({ endpoints }: Sender, id: string) => (await endpoints.find(id)) ?? undefined;

  return {
    db: () => db,
    stateOf,
    receive: async (reply?: (arrived: Arrived, nth: number) => Reply): Promise<Receiver> => {
      const receiver = await openReceiver(reply);
      stops.push(() => receiver.close());
      return receiver;
    },
    sender: async (given?: Parameters<typeof openSender>[1]): Promise<Sender> => {
      const opened = await openSender(db, given);
      stops.push(() => opened.stop());
      return opened;
    },
    register: async (
      { webhooks }: Sender,
      url: string,
      given: Parameters<typeof registering>[1] = {},
      principal: Principal = operator,
    ) => {
      const asked = registering(url, given);
      const { endpoint, secret, refusals } = await webhooks.register(asked, asking(principal));
      expect(refusals).toEqual([]);
      if (!endpoint || secret === null) throw new Error('nothing was registered');
      return { id: endpoint.id, secret };
    },
    /** Waits until everything up to a position was delivered, or is none of the endpoint's own. */
    settledAt: (from: Sender, id: string, position: string | undefined) =>
      until(async () => {
        const found = await stateOf(from, id);
        return found?.position === position && found;
      }),
  };
}

export const positionsOf = (all: readonly Arrived[]): readonly string[] =>
  all.map(({ event }) => event.data.position);

/** Answers 204, but for the nth message, which is answered when the test says so. */
export function withheld(which: number) {
  let release = (): void => undefined;
  return {
    reply: (_: Arrived, nth: number): Reply =>
      nth === which
        ? (response) => {
            release = () => response.writeHead(204).end();
          }
        : 204,
    release: () => {
      release();
    },
  };
}
