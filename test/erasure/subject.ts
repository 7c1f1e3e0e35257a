import { until, type Graph } from '../workflows/house.ts';

/** Words that are nowhere else: one for each place in which a customer says something. */
export interface Canaries {
  /** Another word each time, kept with what it was given to. */
  readonly word: (place: string) => string;
  /** Words by what they were given to. */
  readonly all: ReadonlyMap<string, string>;
}

export function canaries(): Canaries {
  const all = new Map<string, string>();
  return {
    all,
    word(place) {
      const word = `canary${all.size}q`;
      all.set(place, word);
      return word;
    },
  };
}

const [crm, erp] = ['/services/data/v1/sobjects', '/odata/v1/A_BusinessPartner'];
export const taxId = 'DE136695976';

interface Node {
  readonly id: string;
  readonly workflows: { readonly edges: readonly { readonly node: { id: string; state: string } }[] };
}

/** A customer of the CRM once its onboarding stands so. */
async function onboarded(graph: Graph, key: string, state: string): Promise<Node> {
  const query = `query ($key: String!) { customerBy(system: CRM, key: $key) {
    id workflows { edges { node { id state } } } } }`;
  return until(async () => {
    const node = (await graph.ask(query, { key })).customerBy as Node | null;
    return node?.workflows.edges[0]?.node.state === state ? node : null;
  });
}

async function contact(graph: Graph, account: string, { word }: Canaries, who: string): Promise<void> {
  const body = {
    AccountId: account,
    External_Id__c: word(`${who}: key`),
    Name: word(`${who}: name`),
    Title: word(`${who}: title`),
    Email: `${word(`${who}: e-mail`)}@example.com`,
  };
  await graph.system('crm', { method: 'POST', path: `${crm}/Contact`, body });
}

/** A customer in three systems that says something everywhere: as it was entered, as it was written, and as it was edited. */
export async function customerWith(graph: Graph, words: Canaries): Promise<string> {
  const { word } = words;
  const account = await graph.account({
    Name: word('account: name'),
    Legal_Name__c: word('account: legal name'),
    Customer_Segment__c: 'Enterprise',
    Industry: word('account: line of business'),
    Website: `https://${word('account: site')}.example`,
    Owner: { Name: word('account: owner'), Email: `${word('account: owner’s e-mail')}@example.com` },
    BillingCountryCode: 'DE',
    BillingStreet: word('account: street'),
    BillingCity: word('account: town'),
    BillingPostalCode: '20457',
    Tax_Id__c: taxId,
    Registration_Number__c: word('account: register'),
    Invoice_Email__c: `${word('account: invoices to')}@example.com`,
  });
  const { id } = await onboarded(graph, account, 'SUCCEEDED');
  for (const who of ['first contact', 'second contact', 'third contact'])
    await contact(graph, account, words, who);
  await written(graph, id, words);
  const keys = await keysOf(graph, id);
  // What somebody does in a system itself.
  await graph.system('erp', {
    ...{ method: 'PATCH', path: `${erp}/${keys.ERP ?? ''}`, headers: { 'if-match': '*' } },
    body: {
      to_ShipToAddress: [{ StreetName: word('edit: street'), CityName: word('edit: town'), Country: 'DE' }],
    },
  });
  await graph.system('billing', {
    ...{ method: 'POST', path: `/v1/customers/${keys.BILLING ?? ''}`, headers: { 'idempotency-key': id } },
    body: { provisioning_id: word('edit: provisioning') },
  });
  return id;
}

export async function keysOf(graph: Graph, id: string): Promise<Readonly<Partial<Record<string, string>>>> {
  const rows = await graph.store.db.query<{ system: string; key: string }>(
    'select system, key from identity_crosswalk where customer_id = $1 and valid_to is null',
    [id],
  );
  return Object.fromEntries(rows.map(({ system, key }) => [system, key]));
}

/** Every attribute that holds words, through the graph; twice, so that what was there before is written down as well. */
async function written(graph: Graph, id: string, { word }: Canaries): Promise<void> {
  for (const time of ['first', 'second']) {
    const say = (place: string) => word(`${time} write: ${place}`);
    const address = { lines: [say('street')], city: say('town'), country: 'DE', postalCode: '10115' };
    const changes = [
      {
        name: say('name'),
        website: `https://${say('site')}.example`,
        accountOwner: { name: say('owner'), email: `${say('owner’s e-mail')}@example.com` },
      },
      { legalEntity: { registeredName: say('legal name'), country: 'DE' } },
      { billingAddress: address, shippingAddresses: [{ ...address, lines: [say('shipping')] }] },
      {
        invoiceDelivery: { channel: 'EMAIL', email: `${say('invoices to')}@example.com` },
        bankAccount: { holder: say('holder'), iban: 'DE89370400440532013000' },
        provisioningId: say('provisioning'),
      },
    ];
    for (const [n, change] of changes.entries()) await update(graph, id, change, `${time} ${n}`);
  }
}

async function update(graph: Graph, id: string, changes: object, key: string): Promise<void> {
  const mutation = `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) {
    write { id state } refusals { code message } } }`;
  const input = { customerId: id, changes, idempotencyKey: `${id} ${key}` };
  const { updateCustomer } = (await graph.ask(mutation, { input }, ann)) as {
    updateCustomer: { write: { id: string; state: string } | null; refusals: readonly unknown[] };
  };
  const { write, refusals } = updateCustomer;
  if (!write) throw new Error(JSON.stringify(refusals));
  if (write.state === 'AWAITING_APPROVAL')
    await graph.ask(
      'mutation ($id: ID!) { approveWrite(id: $id) { refusals { code } } }',
      { id: write.id },
      bob,
    );
}
const who = (name: string) => ({ 'x-principal': name, 'x-scopes': '*' });
export const [ann, bob] = [who('ann'), who('bob')];

/** Another customer of the same company, in the CRM alone, that is merged into it. */
export async function mergedInto(graph: Graph, survivorId: string, words: Canaries): Promise<string> {
  const account = await graph.account({ Name: words.word('other account: name') });
  await contact(graph, account, words, 'contact of the other');
  const { id, workflows } = await onboarded(graph, account, 'PARKED');
  await graph.ask('mutation ($id: ID!) { cancelWorkflow(id: $id) { refusals { code } } }', {
    id: workflows.edges[0]?.node.id,
  });
  await onboarded(graph, account, 'CANCELLED');
  const mutation = `mutation ($input: MergeCustomersInput!) { mergeCustomers(input: $input) {
    workflow { id } refusals { code message } } }`;
  const input = { survivorId, otherId: id, reason: 'the same company', idempotencyKey: `merge ${id}` };
  const { mergeCustomers } = (await graph.ask(mutation, { input })) as {
    mergeCustomers: { workflow: { id: string } | null; refusals: readonly unknown[] };
  };
  if (!mergeCustomers.workflow) throw new Error(JSON.stringify(mergeCustomers.refusals));
  await ended(graph, mergeCustomers.workflow.id);
  return id;
}

const workflow = `id kind state stage ending { code message } question { kind scopes }
  timeline { event by message } writes { state steps { system kind state } } customer { id }`;

export interface Flow {
  readonly id: string;
  readonly state: string;
  readonly stage: string;
  readonly ending: { readonly code: string; readonly message: string } | null;
  readonly timeline: readonly { readonly event: string; readonly message: string }[];
  readonly customer: { readonly id: string } | null;
}

/** The workflow once it is over. */
export function ended(graph: Graph, id: string): Promise<Flow> {
  return until(async () => {
    const flow = await shown(graph, id);
    return flow.stage === 'ENDED' ? flow : null;
  });
}

export async function shown(graph: Graph, id: string): Promise<Flow> {
  const query = `query ($id: ID!) { customerWorkflow(id: $id) { ${workflow} } }`;
  return (await graph.ask(query, { id })).customerWorkflow as Flow;
}

export async function close(graph: Graph, id: string): Promise<void> {
  const mutation = `mutation ($input: ChangeCustomerStatusInput!) { changeCustomerStatus(input: $input) {
    write { id state } refusals { code message } } }`;
  const input = { customerId: id, to: 'CLOSED', reason: 'left', idempotencyKey: `close ${id}` };
  const { changeCustomerStatus: told } = await graph.ask(mutation, { input });
  if ((told as { write: { state: string } | null }).write?.state !== 'SUCCEEDED')
    throw new Error(JSON.stringify(told));
}

export interface Asked {
  readonly workflow: Flow | null;
  readonly refusals: readonly { readonly code: string; readonly attribute: string | null }[];
  readonly replayed: boolean;
}

/** Asks for an erasure as somebody who is not Bob. */
export async function erase(graph: Graph, id: string, given: object = {}): Promise<Asked> {
  const mutation = `mutation ($input: EraseCustomerInput!) { eraseCustomer(input: $input) {
    workflow { ${workflow} } refusals { code attribute message } replayed } }`;
  const input = {
    customerId: id,
    confirm: id,
    reason: 'asked for by letter',
    idempotencyKey: `erase ${id}`,
    ...given,
  };
  return (await graph.ask(mutation, { input }, ann)).eraseCustomer as Asked;
}

export async function answer(graph: Graph, id: string, approve: boolean, headers = bob): Promise<Asked> {
  const mutation = `mutation ($id: ID!, $answer: WorkflowAnswerInput!) { answerWorkflow(id: $id, answer: $answer) {
    workflow { ${workflow} } refusals { code } } }`;
  return (await graph.ask(mutation, { id, answer: { approve, idempotencyKey: `answer ${id}` } }, headers))
    .answerWorkflow as Asked;
}

/** An erasure that waits for a second person. */
export async function waiting(graph: Graph, customer: string, given: object = {}): Promise<Flow> {
  const { workflow, refusals } = await erase(graph, customer, given);
  if (!workflow) throw new Error(JSON.stringify(refusals));
  return until(async () => {
    const flow = await shown(graph, workflow.id);
    return flow.state === 'PARKED' && flow;
  });
}
