import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runWrite } from '../../coordination/bulk/run.ts';
import { ask, ownFolder, serve } from '../house/house.ts';

const sample = join(import.meta.dirname, '../../samples/changes.ndjson');

test('the sample of changes is carried out by a running house, each by its owner, and once', async () => {
  const directory = ownFolder();
  const house = await serve({ DATA_DIR: directory });
  const file = join(directory, 'changes.ndjson');
  await cp(sample, file);

  const written = async () => {
    let out = '';
    const screen = { write: (text: string) => (out += text) };
    const terminal = { out: screen, err: { write: () => true }, signal: new AbortController().signal };
    return { code: await runWrite(['--file', file, '--url', `${house.url}/graphql`], terminal), out };
  };
  expect(await written()).toEqual({
    code: 0,
    out: '4 lines: 4 accepted, 0 refused.\nOf those accepted: 4 succeeded.\n',
  });
  const of = (key: string, fields: string) => `customerBy(system: ERP, key: "${key}") { ${fields} }`;
  const read = `{
    a: ${of('0999000001', 'segment website creditStatus')}
    b: ${of('0999000002', 'segment channels')}
    c: ${of('0999000004', 'billingAddress { lines city }')}
    d: ${of('0999000005', 'industry employees')}
    customerWrites(first: 10) { edges { node { lane state } } }
  }`;
  const { data, errors } = await ask(house, read);
  expect(errors).toEqual([]);
  expect(data).toEqual({
    a: { segment: 'MID_MARKET', website: 'https://alfreds.example', creditStatus: 'WATCH' },
    b: { segment: 'SMALL_BUSINESS', channels: ['PHONE', 'WEB'] },
    c: { billingAddress: { lines: ['120 Hanover Sq.'], city: 'London' } },
    d: { industry: 'Groceries', employees: 180 },
    customerWrites: {
      edges: Array.from({ length: 4 }, () => ({ node: { lane: 'BULK', state: 'SUCCEEDED' } })),
    },
  });

  expect((await written()).out).toContain('4 accepted (4 of them there already), 0 refused');
  const again = await ask(house, '{ customerWrites(first: 10) { edges { node { id } } } }');
  expect((again.data as { customerWrites: { edges: unknown[] } }).customerWrites.edges).toHaveLength(4);
}, 120_000);
