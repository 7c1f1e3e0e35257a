import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from '@jest/globals';
import { listen, type ListenOptions } from '../../runtime/listen.ts';
import { ownCertificate } from '../support/certificate.ts';

const own = ownCertificate();
const options: ListenOptions = {
  ...{ host: '127.0.0.1', port: 0, setting: 'PORT', drainTimeout: 300, failed: () => undefined },
  answer: (_, response) => void response.end('here'),
};

test.each([
  ['a certificate and the key of another', { cert: own.cert, key: ownCertificate().key }],
  ['what is no certificate', { cert: 'x', key: own.key }],
])('%s do not start anything, and one sentence says why', async (_, tls) => {
  await expect(listen({ ...options, tls })).rejects.toMatchObject({
    code: 'INVALID_CONFIGURATION',
    message: 'TLS_CERT and TLS_KEY must be a certificate and its own key, without a password, as PEM.',
  });
});

test('a connection on which nobody shakes hands does not hold up the end', async () => {
  const listening = await listen({ ...options, tls: own });
  const silent = connect(Number(new URL(listening.url).port), '127.0.0.1');
  await once(silent, 'connect');
  const gone = once(silent, 'close');
  await listening.close();
  await gone;
}, 5_000);
