import { expect, test } from '@jest/globals';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { inputsDigest } from '../../gateway/graphiql/inputs.ts';
import { bearer } from '../../gateway/server.ts';
import { createTokens } from '../../runtime/token.ts';
import { audience, newKey, testIssuer } from '../support/issuer.ts';
import { raw, serveShop, type Served } from './served.ts';

const browser = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const examples = [
  { query: 'query Products {\n  products {\n    name\n    units\n  }\n}\n' },
  { query: 'query One($id: ID!) {\n  product(id: $id) {\n    warehouse\n  }\n}\n', variables: { id: '1' } },
];
const dist = join(import.meta.dirname, '../../gateway/graphiql/dist');

test('the committed page was bundled from what is committed beside it: npm run graphiql', () => {
  expect(readFileSync(join(dist, 'inputs'), 'utf8').trim()).toBe(inputsDigest());
  expect(statSync(join(dist, 'graphiql.js')).size).toBeLessThan(2_000_000);
});

test('the page and its files are served, and nothing of it without it', async () => {
  const get = (door: Served, path: string, ...headers: string[]) =>
    raw(door.port, [`GET ${path} HTTP/1.1`, 'host: localhost', ...headers]);
  await using door = await serveShop({ graphiql: { examples: [{ query: '{ a } # </script>' }] } });
  const page = await get(door, '/graphiql');
  expect(page.headers['content-security-policy']).toContain("default-src 'none'");
  expect(page.body).not.toContain('# </script>');
  expect((await get(door, '/graphiql/graphiql.css?1')).headers['content-type']).toContain('text/css');
  expect(
    (await get(door, '/graphiql/graphiql.js', 'accept-encoding: gzip')).headers['content-encoding'],
  ).toBe('gzip');
  expect((await get(door, '/graphiql/../server.ts')).status).toBe(404);
  for (const path of ['/', '/graphql']) {
    expect((await get(door, path, 'accept: text/html')).headers.location).toBe('/graphiql');
  }
  await using closed = await serveShop();
  for (const path of ['/', '/graphiql', '/graphiql/graphiql.js']) {
    expect((await get(closed, path)).status).toBe(404);
  }
});

if (browser === undefined) {
  process.stdout.write(
    'The query page in a browser: not run, because there is no Chromium on this machine.\n',
  );
}

(browser === undefined ? test.skip : test)(
  'the page shows the examples, runs them, explains them and opens the schema, and asks nobody else',
  async () => {
    await using door = await serveShop({ graphiql: { examples } });
    const chrome = await chromium.launch({ ...(browser ? { executablePath: browser } : {}), args: flags });
    try {
      for (const colorScheme of ['light', 'dark'] as const) {
        const page = await chrome.newPage({ colorScheme });
        page.setDefaultTimeout(20_000);
        const wrong = complaints(page, door);
        await page.goto(new URL('/', door.url).href);
        const editor = page.locator('.graphiql-query-editor');
        const answer = page.locator('.result-window');
        await editor.getByText('units').waitFor();

        await run(page);
        await answer.getByText('"Chai"').waitFor();
        await page.getByRole('button', { name: 'Explain answers' }).click();
        await run(page);
        await answer.getByText('"systems"').waitFor();

        await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
        await page.getByText('mutation: Mutation').waitFor();
        await page.getByRole('tab', { name: 'One' }).click();
        await editor.getByText('warehouse').waitFor();
        // The editor notices a little later that another tab is open; until then it runs the operation of the last.
        do await run(page);
        while ((await answer.getByText('"north"').count()) === 0);
        await page.getByRole('button', { name: 'Open settings dialog' }).click();
        await page.getByText('Adjust how the interface appears.').waitFor();

        expect(wrong).toEqual([]);
        await page.close();
      }
    } finally {
      await chrome.close();
    }
  },
);

(browser === undefined ? test.skip : test)(
  'where tokens are asked for, the page has a place for one, and asks with it',
  async () => {
    const issuer = testIssuer('https://login.example.com', [newKey('one')]);
    const settings = { audiences: [audience], algorithms: ['ES256'], scopeClaim: 'scope', claims: [] };
    const tokens = createTokens({
      ...{ ...settings, issuers: [issuer], fetch: issuer.fetch, failed: () => undefined },
    });
    await using door = await serveShop({
      authenticate: bearer(tokens),
      graphiql: { examples, authenticated: true },
    });
    const chrome = await chromium.launch({ ...(browser ? { executablePath: browser } : {}), args: flags });
    try {
      const page = await chrome.newPage();
      page.setDefaultTimeout(20_000);
      await page.goto(new URL('/graphiql', door.url).href);
      const answer = page.locator('.result-window');
      await run(page);
      await answer.getByText('UNAUTHENTICATED').waitFor();
      await page.getByRole('button', { name: 'Headers' }).click();
      const headers = page.locator('.graphiql-editor-tool .graphiql-editor:visible');
      await headers.getByText('authorization').waitFor();
      await headers.click();
      await page.keyboard.press('Control+A');
      await page.keyboard.insertText(JSON.stringify({ authorization: `Bearer ${await issuer.token()}` }));
      // The editor is heard a little later than it is written in.
      do await run(page);
      while ((await answer.getByText('"Chai"').count()) === 0);
    } finally {
      await chrome.close();
    }
  },
);

/** Runs the operation that is open, until it is answered. */
async function run(page: Page): Promise<void> {
  const answered = page.waitForResponse('**/graphql');
  await page.locator('.graphiql-execute-button').click();
  await (await answered).finished();
}

/** What must not happen on a page: requests to anybody else, refused or failed ones, errors and warnings. */
function complaints(page: Page, door: Served): string[] {
  const wrong: string[] = [];
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol !== 'data:' && url.origin !== new URL(door.url).origin) wrong.push(request.url());
  });
  page.on('requestfailed', (request) => wrong.push(`failed: ${request.url()}`));
  page.on('pageerror', (error) => wrong.push(error.message));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) wrong.push(message.text());
  });
  return wrong;
}
