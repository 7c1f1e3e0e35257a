import { expect, test } from '@jest/globals';
import { auditServer } from 'graphql-http';
import { serveShop } from './served.ts';

test('the public GraphQL-over-HTTP audit passes in all of its 61 points', async () => {
  await using door = await serveShop();
  const results = await auditServer({ url: door.url });
  const failed = results.filter((result) => result.status !== 'ok');
  expect(failed.map(({ id, name, status }) => ({ id, name, status }))).toEqual([]);
  expect(results).toHaveLength(61);
});
