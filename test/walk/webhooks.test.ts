import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { captureInto, type Draft } from '../../events/index.ts';
import type { Mutation, Query } from '../../schema/generated/events.ts';
import { openReceiver, type Receiver } from '../events/webhooks/receiver.ts';
import { bothWays } from './houses.ts';

const draft = (entityId: string): Draft => ({
  ...{ source: 'FEED', entity: 'Customer', entityId, system: 'ERP', key: entityId, version: '1' },
  ...{ foundVersion: null, written: null, touched: [], since: null, cause: null },
  fingerprints: { paymentTerms: 'a' },
});

bothWays(
  (graph) => {
    let receiver: Receiver;
    beforeAll(async () => {
      receiver = await openReceiver();
    });
    afterAll(() => receiver.close());

    const ask = async (query: string, variables: object, scopes?: string) => {
      const headers = scopes === undefined ? {} : { 'x-principal': 'olga', 'x-scopes': scopes };
      const { data, errors } = await graph().ask(query, variables, headers);
      return {
        data: data as unknown as Query & Mutation,
        codes: errors.map(({ extensions }) => extensions.code),
      };
    };
    const registering = `mutation ($input: RegisterWebhookInput!) {
      registerWebhook(input: $input) { webhook { id state } secret refusals { code } } }`;

    test('an endpoint that is registered through the graph is told of what is captured', async () => {
      const input = { url: `${receiver.url}/hook`, filter: { systems: ['ERP'] } };
      const { data, codes } = await ask(registering, { input });
      expect(codes).toEqual([]);
      const { webhook, secret, refusals } = data.registerWebhook;
      expect(refusals).toEqual([]);
      const entityId = randomUUID();
      await captureInto(graph().store.db, [draft(entityId)]);
      const [arrived] = await receiver.first(1, '/hook');
      const event = new Webhook(secret ?? '').verify(arrived?.body ?? '', { ...arrived?.headers });
      expect(event).toMatchObject({
        type: 'customer.created',
        subject: entityId,
        data: {
          system: 'ERP',
          attributes: [{ name: 'paymentTerms', owner: 'ERP' }],
          customer: { id: entityId },
        },
      });

      const tested = await ask(
        'mutation ($id: ID!) { testWebhook(id: $id) { delivery { status problem } } }',
        {
          id: webhook?.id,
        },
      );
      expect(tested.data.testWebhook.delivery).toEqual({ status: 204, problem: null });
      const shown = await ask('{ webhooks { edges { node { url behind deliveries { status } } } } }', {});
      expect(shown.codes).toEqual([]);
      expect(shown.data.webhooks.edges[0]?.node).toMatchObject({ url: input.url, deliveries: [{}, {}] });
    });

    test('whoever lacks the scope is refused, and sees no address', async () => {
      const { data } = await ask(registering, { input: { url: `${receiver.url}/other` } }, 'customer:read');
      expect(data.registerWebhook).toMatchObject({ webhook: null, refusals: [{ code: 'NOT_PERMITTED' }] });
      const { codes } = await ask('{ webhooks { edges { node { url } } } }', {}, 'customer:read');
      expect(codes).toEqual(['FORBIDDEN']);
    });
  },
  { WEBHOOK_ALLOW_PRIVATE: 'on' },
);
