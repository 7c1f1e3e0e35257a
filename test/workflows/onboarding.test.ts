import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { group } from './accounts.ts';
import { openGraph, until, type Graph } from './house.ts';

let graph: Graph;
beforeAll(async () => {
  graph = await openGraph();
});
afterAll(() => graph.close());

const stands = `query ($key: String!) {
  customerBy(system: CRM, key: $key) { id lifecycleStatus records { system key }
    workflows { edges { node { id state stage ending { code } question { kind fields { field code } } timeline { event stage message } } } } } }`;

interface Stood {
  readonly id: string;
  readonly lifecycleStatus: string;
  readonly records: readonly { readonly system: string; readonly key: string }[];
  readonly workflows: { readonly edges: readonly { readonly node: { readonly state: string } }[] };
}

async function standing(key: string): Promise<Stood | null> {
  return (await graph.ask(stands, { key })).customerBy as Stood | null;
}

/** The customer of an account, once its workflow has come to rest. */
function rested(key: string): Promise<Stood> {
  return until(async () => {
    const customer = await standing(key);
    const [workflow] = customer?.workflows.edges ?? [];
    return workflow && workflow.node.state !== 'RUNNING' ? customer : null;
  });
}

test('a multinational account is active in three systems under one id each without another hand', async () => {
  const keys: string[] = [];
  for (const company of group) {
    keys.push(await graph.account({ ...company, ParentId: keys[0] ?? null }));
  }
  for (const key of keys) {
    const customer = await rested(key);
    expect(customer).toMatchObject({ lifecycleStatus: 'ACTIVE' });
  }
});
