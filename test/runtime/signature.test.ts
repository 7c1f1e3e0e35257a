import { describe, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { newWebhookSecret, signedHeaders, verdictOf, webhookSecret } from '../../runtime/signature.ts';

const secret = newWebhookSecret();
const body = '{"hello":"wörld"}';
const now = new Date();
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000);
const signed = (secrets: readonly string[] = [secret], at = now) =>
  signedHeaders(secrets, { id: 'msg_1', at, body });

test('a message is signed as the published example of Standard Webhooks', () => {
  const headers = signedHeaders(['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'], {
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    at: new Date(1614265330 * 1000),
    body: '{"test": 2432232314}',
  });
  expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

test('who knows any of the secrets accepts what was signed while they were changed', () => {
  const other = newWebhookSecret();
  const headers = signed([other, secret]);
  for (const known of [other, secret]) expect(() => new Webhook(known).verify(body, headers)).not.toThrow();
});

describe('a message is', () => {
  const other = newWebhookSecret();
  test.each<
    [
      about: string,
      secrets: readonly string[],
      headers: Record<string, unknown>,
      text: string,
      verdict: string,
    ]
  >([
    ['genuine, signed with the secret', [secret], signed(), body, 'GENUINE'],
    ['genuine, signed with the secret before', [other, secret], signed(), body, 'GENUINE'],
    ['genuine, signed with several', [secret], signed([other, secret]), body, 'GENUINE'],
    ['genuine to 5 minutes ago', [secret], signed([secret], ago(295)), body, 'GENUINE'],
    ['genuine to 5 minutes ahead', [secret], signed([secret], ago(-295)), body, 'GENUINE'],
    ['untimely before', [secret], signed([secret], ago(310)), body, 'UNTIMELY'],
    ['untimely after', [secret], signed([secret], ago(-310)), body, 'UNTIMELY'],
    ['forged with another secret', [secret], signed([other]), body, 'FORGED'],
    ['forged where no secret is known', [], signed(), body, 'FORGED'],
    ['forged with a body cut short', [secret], signed(), body.slice(0, -1), 'FORGED'],
    ['forged with another body', [secret], signed(), body.replace('h', 'H'), 'FORGED'],
    ['forged with another id', [secret], { ...signed(), 'webhook-id': 'msg_2' }, body, 'FORGED'],
    [
      'forged with another time',
      [secret],
      { ...signed(), 'webhook-timestamp': signed([secret], ago(9))['webhook-timestamp'] },
      body,
      'FORGED',
    ],
    [
      'forged with a time that is none',
      [secret],
      { ...signed(), 'webhook-timestamp': `${signed()['webhook-timestamp']}x` },
      body,
      'FORGED',
    ],
    ['forged without an id', [secret], { ...signed(), 'webhook-id': undefined }, body, 'FORGED'],
    ['forged without a signature', [secret], { ...signed(), 'webhook-signature': undefined }, body, 'FORGED'],
    ['forged with an empty signature', [secret], { ...signed(), 'webhook-signature': '' }, body, 'FORGED'],
    ['forged with a scheme alone', [secret], { ...signed(), 'webhook-signature': 'v1' }, body, 'FORGED'],
    [
      'forged with a scheme that nobody knows',
      [secret],
      { ...signed(), 'webhook-signature': signed()['webhook-signature'].replace('v1', 'v2') },
      body,
      'FORGED',
    ],
    [
      'forged with headers twice',
      [secret],
      { ...signed(), 'webhook-id': ['msg_1', 'msg_1'] },
      body,
      'FORGED',
    ],
  ])('%s', (_, secrets, headers, text, verdict) => {
    expect(verdictOf(secrets, headers, text, now)).toBe(verdict);
  });
});

test('a secret is whsec_ and base64 of 24 to 64 bytes', () => {
  const of = (bytes: number) => `whsec_${Buffer.alloc(bytes, 7).toString('base64')}`;
  const accepted = (given: string) => webhookSecret.safeParse(given).success;
  for (const good of [of(24), of(64), secret]) expect(accepted(good)).toBe(true);
  for (const bad of ['', 'whsec_', of(23), of(65), of(24).slice(6), `${of(24)}!`, of(24).slice(0, -1)])
    expect(accepted(bad)).toBe(false);
});
