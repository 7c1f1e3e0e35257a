import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { isPublic, publicLookup, type Lookup } from '../../runtime/address.ts';
import { createHttp } from '../../runtime/http.ts';

test.each([
  ...[
    '8.8.8.8',
    '93.184.216.34',
    '172.15.0.1',
    '172.32.0.1',
    '192.167.255.255',
    '2001:4860:4860::8888',
    '2606:4700::1111',
  ],
])('%s is public', (address) => {
  expect(isPublic(address)).toBe(true);
});

test.each([
  ...['127.0.0.1', '127.255.255.255', '0.0.0.0', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
  ...['169.254.169.254', '100.64.0.1', '192.0.0.8', '192.0.2.1', '198.18.0.1', '198.51.100.7', '203.0.113.9'],
  ...['224.0.0.1', '240.0.0.1', '255.255.255.255', '192.88.99.1'],
  ...[
    '::',
    '::1',
    'fe80::1',
    'fe80::1%eth0',
    'fc00::1',
    'fd12:3456::1',
    'fec0::1',
    'ff02::1',
    '100::1',
    '2001:db8::1',
  ],
  ...[
    '::ffff:127.0.0.1',
    '::ffff:a00:1',
    '::ffff:8.8.8.8',
    '::127.0.0.1',
    '::ffff:0:7f00:1',
    '64:ff9b::7f00:1',
  ],
  ...[
    '64:ff9b:1::1',
    '2002:7f00:1::',
    '2002:a00:1::1',
    '2001::1',
    '2001:10::1',
    '2001:20::1',
    '5f00::1',
    '4000::1',
  ],
  ...['', 'localhost', 'example.org', '1.2.3', '0x7f.1', '127.1', '2130706433'],
])('%j is not public', (address) => {
  expect(isPublic(address)).toBe(false);
});

/** A name server that gives one answer after the other. */
const answers = (...lists: readonly (readonly string[])[]): Lookup => {
  let nth = 0;
  return (_, __, found) => {
    const list = lists[Math.min(nth++, lists.length - 1)] ?? [];
    found(
      null,
      list.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
};
const lookedUp = (find: Lookup) =>
  new Promise((resolve) => {
    publicLookup(find)('example.org', { all: true }, (error, found) => {
      resolve(error ? (error as { code?: string }).code : found);
    });
  });

test('a name is refused where any of its addresses is not public, or it has none', async () => {
  expect(await lookedUp(answers(['93.184.216.34']))).toEqual([{ address: '93.184.216.34', family: 4 }]);
  expect(await lookedUp(answers(['93.184.216.34', '10.0.0.1']))).toBe('ADDRESS_NOT_ALLOWED');
  expect(await lookedUp(answers(['93.184.216.34', '::1']))).toBe('ADDRESS_NOT_ALLOWED');
  expect(await lookedUp(answers([]))).toBe('ADDRESS_NOT_ALLOWED');
});

test('what a name stood for before does not count: each connection goes to the address that was checked for it', async () => {
  const rebinding = answers(['93.184.216.34'], ['127.0.0.1']);
  expect(await lookedUp(rebinding)).toEqual([{ address: '93.184.216.34', family: 4 }]);
  expect(await lookedUp(rebinding)).toBe('ADDRESS_NOT_ALLOWED');
});

test('nothing reaches this machine where only public addresses are sent to, whatever it is called', async () => {
  let reached = 0;
  const server = createServer((_, response) => {
    reached++;
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const outward = createHttp({ publicOnly: true, lookup: publicLookup(answers(['127.0.0.1'])) });
  const anywhere = createHttp();
  const patience = { timeout: 5_000, signal: new AbortController().signal };
  try {
    const hosts = [
      '127.0.0.1',
      '127.1',
      '0x7f.0.0.1',
      '2130706433',
      '0',
      '[::1]',
      '[::ffff:127.0.0.1]',
      'localhost',
      'rebound.example',
    ];
    for (const host of hosts) {
      const sent = outward.post(new URL(`http://${host}:${port}/`), {}, '{}', patience);
      await expect(sent).rejects.toMatchObject({ code: 'ADDRESS_NOT_ALLOWED' });
      const opened = outward.open(new URL(`http://${host}:${port}/`), {}, '{}', patience);
      await expect(opened).rejects.toMatchObject({ code: 'ADDRESS_NOT_ALLOWED' });
    }
    expect(reached).toBe(0);
    expect((await anywhere.post(new URL(`http://127.0.0.1:${port}/`), {}, '{}', patience)).status).toBe(200);
    expect(reached).toBe(1);
  } finally {
    await outward.close();
    await anywhere.close();
    server.close();
  }
});
