import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import type { Mutation, Query } from '../../schema/generated/events.ts';
import { openReceiver, type Receiver } from '../events/webhooks/receiver.ts';
import { bothWays } from './houses.ts';

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

    test('an endpoint that is registered through the graph is told of what is changed through it', async () => {
      const found = await graph().ask(
        '{ customers(first: 1, filter: { name: "Alfreds Futterkiste" }) { edges { node { id } } } }',
      );
      const { customers } = found.data as unknown as { customers: { edges: [{ node: { id: string } }] } };
      const { id: customerId } = customers.edges[0].node;
      const input = {
        url: `${receiver.url}/hook`,
        filter: { customerIds: [customerId], attributes: ['website'] },
      };
      const { data, codes } = await ask(registering, { input });
      expect(codes).toEqual([]);
      const { webhook, secret, refusals } = data.registerWebhook;
      expect(refusals).toEqual([]);
      const changes = { website: 'https://futterkiste.example/new' };
      const written = await graph().ask(
        `mutation ($input: UpdateCustomerInput!) {
           updateCustomer(input: $input) { write { id correlationId } refusals { code } } }`,
        { input: { customerId, idempotencyKey: randomUUID(), changes } },
      );
      expect(written.errors).toEqual([]);
      const { updateCustomer } = written.data as unknown as {
        updateCustomer: { write: { id: string; correlationId: string } };
      };
      const [arrived] = await receiver.first(1, '/hook');
      const event = new Webhook(secret ?? '').verify(arrived?.body ?? '', { ...arrived?.headers });
      expect(event).toMatchObject({
        subject: customerId,
        data: {
          ...{ system: 'CRM', attributes: [{ name: 'website', owner: 'CRM' }], customer: { id: customerId } },
          cause: {
            requestId: updateCustomer.write.id,
            correlationId: updateCustomer.write.correlationId,
          },
        },
      });
      expect(arrived?.body).not.toContain('futterkiste');

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
      expect(codes).toEqual(['UNAUTHORIZED_FIELD_OR_TYPE']);
    });
  },
  { WEBHOOK_ALLOW_PRIVATE: 'on' },
);
