import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Each rule by a scope of its own; `sees` as an operator writes it. */
const rules = {
  rules: [
    { name: 'German sales', scopes: ['rows:germany'], sees: { countries: ['DE'] } },
    { name: 'key accounts', scopes: ['rows:enterprise'], sees: { segments: ['ENTERPRISE'] } },
    { name: 'their own', scopes: ['rows:own'], sees: { accountOwner: 'SUBJECT' } },
    { name: 'Germany together', scopes: ['rows:shared'], sees: { countries: ['DE'] } },
    { name: 'and their own', scopes: ['rows:shared'], sees: { accountOwner: 'SUBJECT' } },
    { name: 'head office', scopes: ['rows:all'], sees: 'ALL' },
  ],
};

/** A file with these rules. */
export const rulesFile = join(mkdtempSync(join(tmpdir(), 'rows-')), 'rules.json');
writeFileSync(rulesFile, JSON.stringify(rules));

/** Everything that scopes can grant: what is not seen is not seen because of the rules. */
const scopes = [
  ...new Set(
    readFileSync('schema/generated/supergraph.graphql', 'utf8').match(/customer:[a-z]+(:[a-z-]+)*/g),
  ),
];

/** Who is responsible for the customer that is seen, and for the one that is not. */
export const [nancy, andrew] = ['Nancy.Davolio@northwind.example', 'andrew.fuller@northwind.example'];

/** Subject and rule of a caller who sees a part. */
export const callers = {
  country: ['sam', 'rows:germany'],
  segment: ['sam', 'rows:enterprise'],
  'account owner': [nancy.toLowerCase(), 'rows:own'],
} as const;

/** The headers of a caller. */
export const as = ([subject, scope]: readonly [string, string]) => ({
  'x-principal': subject,
  'x-scopes': [...new Set([...scopes, scope])].join(' '),
});

type Case = readonly [entrance: string, operation: string];

/** Asked for one customer, by its id as `of`. */
export const ofCustomer: readonly Case[] = [
  [
    'customer',
    `query ($of: ID!) { customer(id: $of) { id name legalEntity { country } balance { amount } } }`,
  ],
  [
    'its pending writes',
    `query ($of: ID!) { customer(id: $of) { pendingWrites { edges { node { id } } } } }`,
  ],
  ['its workflows', `query ($of: ID!) { customer(id: $of) { workflows { edges { node { id } } } } }`],
  ['its work items', `query ($of: ID!) { customer(id: $of) { workItems { edges { node { id } } } } }`],
  ['its duplicates', `query ($of: ID!) { customer(id: $of) { possibleDuplicates { customer { id } } } }`],
  [
    'customerWrites',
    `query ($of: ID!) { customerWrites(filter: { customerIds: [$of] }) { edges { node { state } } } }`,
  ],
  [
    'customerWorkflows',
    `query ($of: ID!) { customerWorkflows(filter: { customerIds: [$of] }) { edges { node { state } } } }`,
  ],
  ['workItems', `query ($of: ID!) { workItems(filter: { customerIds: [$of] }) { edges { node { kind } } } }`],
  [
    'customerChanges',
    `query ($of: ID!) { customerChanges(filter: { customerIds: [$of] }) { edges { node { kind } } } }`,
  ],
  [
    'auditEntries',
    `query ($of: ID!) { auditEntries(filter: { customerIds: [$of] }) { edges { node { action } } } }`,
  ],
  [
    'redriveDeadLetters',
    `mutation ($of: ID!) { redriveDeadLetters(filter: { customerIds: [$of] }, dryRun: true) { count refusals { code } } }`,
  ],
];

/** About one customer, with the rest of an input. */
export const ofInput: readonly (readonly [...Case, asked: object])[] = [
  [
    'updateCustomer',
    `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { write { id } customer { id } refusals { code message } } }`,
    { changes: { website: 'https://x.example/' } },
  ],
  [
    'planCustomerUpdate',
    `query ($input: UpdateCustomerInput!) { planCustomerUpdate(input: $input) { planHash customer { id } refusals { code message } } }`,
    { changes: { website: 'https://x.example/' } },
  ],
  [
    'changeCustomerStatus',
    `mutation ($input: ChangeCustomerStatusInput!) { changeCustomerStatus(input: $input) { write { id } customer { id } refusals { code message } } }`,
    { to: 'ON_HOLD', reason: 'to see' },
  ],
  [
    'planCustomerStatus',
    `query ($input: ChangeCustomerStatusInput!) { planCustomerStatus(input: $input) { planHash refusals { code message } } }`,
    { to: 'ON_HOLD', reason: 'to see' },
  ],
  [
    'onboardCustomer',
    `mutation ($input: OnboardCustomerInput!) { onboardCustomer(input: $input) { workflow { id } refusals { code message } } }`,
    {},
  ],
];

/** About one write, by its `id`. */
export const ofWrite: readonly Case[] = [
  ['customerWrite', `query ($id: ID!) { customerWrite(id: $id) { id state } }`],
  ['cancelWrite', `mutation ($id: ID!) { cancelWrite(id: $id) { write { id } refusals { code message } } }`],
  [
    'approveWrite',
    `mutation ($id: ID!) { approveWrite(id: $id) { write { id } refusals { code message } } }`,
  ],
  [
    'declineWrite',
    `mutation ($id: ID!) { declineWrite(id: $id) { write { id } refusals { code message } } }`,
  ],
  ['retryWrite', `mutation ($id: ID!) { retryWrite(id: $id) { write { id } refusals { code message } } }`],
];

/** About one workflow, by its `id`. */
export const ofWorkflow: readonly Case[] = [
  ['customerWorkflow', `query ($id: ID!) { customerWorkflow(id: $id) { id } }`],
  [
    'cancelWorkflow',
    `mutation ($id: ID!) { cancelWorkflow(id: $id) { workflow { id } refusals { code message } } }`,
  ],
  [
    'retryWorkflow',
    `mutation ($id: ID!) { retryWorkflow(id: $id) { workflow { id } refusals { code message } } }`,
  ],
  [
    'answerWorkflow',
    `mutation ($id: ID!) { answerWorkflow(id: $id, answer: { approve: true, idempotencyKey: "k" }) { workflow { id } refusals { code message } } }`,
  ],
];

/** About one work item, by its `id`. */
export const ofItem: readonly Case[] = [
  ['workItem', `query ($id: ID!) { workItem(id: $id) { id kind } }`],
  [
    'assignWorkItem',
    `mutation ($id: ID!) { assignWorkItem(id: $id, assignee: "sam", takeOver: true) { workItem { id } refusals { code message } } }`,
  ],
  [
    'decideWorkItem',
    `mutation ($id: ID!) { decideWorkItem(input: { id: $id, decision: RETRY, reason: "so", idempotencyKey: "x" }) { workItem { id } refusals { code message } } }`,
  ],
  [
    'approveDecision',
    `mutation ($id: ID!) { approveDecision(id: $id) { workItem { id } refusals { code message } } }`,
  ],
  [
    'declineDecision',
    `mutation ($id: ID!) { declineDecision(id: $id) { workItem { id } refusals { code message } } }`,
  ],
];
