import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { schemesFor } from '../../coordination/rules/tax-schemes.ts';
import { countries } from '../../coordination/workflows/reference/countries.ts';
import { embeddedReference, enrichmentOf } from '../../coordination/workflows/reference/embedded.ts';
import { referenceOf } from '../../coordination/workflows/reference/index.ts';
import { requestContext } from '../../runtime/context.ts';
import { createHttp } from '../../runtime/http.ts';
import { isCountry, isCurrency } from '../../schema/codes.ts';

const context = () => requestContext({ timeout: 5_000, signal: new AbortController().signal });
const subject = { country: 'DE', name: 'Somebody', segment: null };

test('each row is of a country, with a currency and a kind of tax id whose numbers can be checked', () => {
  expect(countries.size).toBeGreaterThanOrEqual(40);
  for (const [code, { currency, taxIdKinds, source }] of countries) {
    expect({ code, ok: isCountry(code) && isCurrency(currency) && source !== '' }).toEqual({
      code,
      ok: true,
    });
    for (const kind of taxIdKinds)
      expect({ code, schemes: schemesFor(code, kind).length > 0 }).toEqual({
        code,
        schemes: code !== 'AE' && code !== 'SA',
      });
  }
});

let answers: { status: number; body: string }[] = [];
let asked: string[] = [];
const http = createHttp();
const listener: RequestListener = (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    asked.push(Buffer.concat(chunks).toString());
    const { status, body } = answers.shift() ?? { status: 500, body: '' };
    response.writeHead(status).end(body);
  });
};
const server = createServer(listener);
let url = '';
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/enrich`;
});
afterAll(async () => {
  await http.close();
  server.close();
});

test('without an address it is the embedded one', () => {
  expect(referenceOf(undefined, http.post)).toBe(embeddedReference);
});

test('a provider is asked once for the same customer, and gives what it knows of names', async () => {
  const sanctions = { verdict: 'CLEAR', lists: ['EU consolidated list'] } as const;
  answers = [{ status: 200, body: JSON.stringify({ ...enrichmentOf(subject), sanctions }) }];
  asked = [];
  const reference = referenceOf(url, http.post);
  for (let n = 0; n < 3; n++) expect(await reference.enrich(subject, context())).toMatchObject({ sanctions });
  expect(asked.map((one) => JSON.parse(one) as unknown)).toEqual([subject]);
});

test.each([
  ['no JSON', { status: 200, body: '<html>' }, 'SYSTEM_UNAVAILABLE'],
  [
    'another country',
    { status: 200, body: JSON.stringify(enrichmentOf({ ...subject, country: 'FR' })) },
    'SYSTEM_UNAVAILABLE',
  ],
  [
    'another shape',
    { status: 200, body: JSON.stringify({ ...enrichmentOf(subject), taxRegime: 'TITHE' }) },
    'SYSTEM_UNAVAILABLE',
  ],
  ['too many calls', { status: 429, body: '' }, 'RATE_LIMITED'],
  ['an error', { status: 500, body: 'secret internals' }, 'SYSTEM_UNAVAILABLE'],
])('a provider that answers with %s is no reason to go on', async (_, answer, code) => {
  answers = [answer, answer];
  const failure = await referenceOf(url, http.post)
    .enrich(subject, context())
    .catch((error: unknown) => error);
  expect(failure).toMatchObject({ code });
  expect(String(failure)).not.toContain('secret');
});
