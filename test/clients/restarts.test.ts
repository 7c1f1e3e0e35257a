import { expect, test } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { v7 as uuid } from 'uuid';
import { changes, type Change, type Interruption } from '../../clients/changes.ts';
import { captureInto } from '../../events/index.ts';
import { openDb } from '../../runtime/db/index.ts';
import { draftOf } from '../events/telling.ts';
import { serve, until, type Serving } from '../house/house.ts';
import { createDatabase, onPostgres } from '../support/store.ts';

const restarts = 20;
const transports = ['websocket', 'sse'] as const;
const nowhere = 'http://127.0.0.1:9';

onPostgres(() => {
  test('the server is stopped and killed 20 times while changes are written: none is lost, none comes twice, all in order', async () => {
    const environment = {
      DATABASE_URL: await createDatabase(),
      DATABASE_CONNECTIONS: '4',
      SAMPLE_DATA: 'none',
      // What is asked for is known to the feed alone; the fewer roles, the sooner it is back.
      ROLES: 'gateway,events',
      PASS_SECRET: 'a secret that only this test knows and that is long enough',
      AUDIT_URL: `${nowhere}/audit`,
      STEWARD_URL: `${nowhere}/steward`,
      IDENTITY_URL: `${nowhere}/identity`,
      COORDINATION_URL: `${nowhere}/coordination`,
      CRM_URL: `${nowhere}/crm`,
      ERP_URL: `${nowhere}/erp`,
      BILLING_URL: `${nowhere}/billing`,
    };
    let house: Serving = await serve(environment);
    const { url, port } = house;
    const db = await openDb({ databaseUrl: environment.DATABASE_URL, connections: 2 });
    const ended = new AbortController();
    const interruptions: Interruption[] = [];
    const subscribers = transports.map((transport) => {
      const heard: Change[] = [];
      const loop = async () => {
        for await (const change of changes({
          ...{ url: `${url}/graphql`, transport, signal: ended.signal, pauses: [20, 200] },
          onInterruption: (interruption) => interruptions.push(interruption),
        }))
          heard.push(change);
      };
      return { heard, done: loop() };
    });

    const written: string[] = [];
    let writing = true;
    const writer = async () => {
      const entities = Array.from({ length: 5 }, () => ({ id: uuid(), version: 0 }));
      while (writing) {
        const drafts = entities
          .filter(() => Math.random() < 0.5)
          .map((entity) => draftOf(entity.id, ++entity.version));
        await db.transaction((tx) => captureInto(tx, drafts));
        written.push(...drafts.map(({ entityId, version }) => `${entityId} ${version ?? ''}`));
        await pause(5);
      }
    };
    const writes = writer();
    const failed = Promise.all([writes, ...subscribers.map(({ done }) => done)]).then(() => false);
    const isSo = (holds: () => Promise<boolean> | boolean) =>
      Promise.race([failed, until(async () => holds())]);
    const hearMore = async () => {
      const before = subscribers.map(({ heard }) => heard.length);
      await isSo(() => subscribers.every(({ heard }, index) => heard.length > (before[index] ?? 0)));
    };

    for (let round = 0; round < restarts; round++) {
      await hearMore();
      await (round % 2 === 0 ? house.kill() : house.stop());
      house = await serve({ ...environment, PORT: port });
    }
    await hearMore();
    writing = false;
    await writes;
    const told = () =>
      db.query<{ position: string; what: string }>(
        `select position, entity_id || ' ' || version as what from events_log order by position`,
      );
    await isSo(async () => (await told()).length === written.length);
    const log = await told();
    const last = log.at(-1)?.position;
    await isSo(() => subscribers.every(({ heard }) => heard.at(-1)?.position === last));
    ended.abort();
    await failed;

    expect(log.map(({ what }) => what).sort()).toEqual([...written].sort());
    for (const { heard } of subscribers) {
      const from = log.findIndex(({ position }) => position === heard[0]?.position);
      expect(
        heard.map(({ position, customer, version }) => ({
          position,
          what: `${customer.id} ${version ?? ''}`,
        })),
      ).toEqual(log.slice(from));
      // It has begun before it was interrupted.
      expect(from).toBeLessThan(log.length / 4);
    }
    expect(interruptions.length).toBeGreaterThanOrEqual(restarts * transports.length);
    await house.kill();
    await db.close();
  }, 300_000);
});
