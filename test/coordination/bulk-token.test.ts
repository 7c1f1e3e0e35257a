import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openDoor } from '../../coordination/bulk/door.ts';
import type { Post } from '../../runtime/http.ts';
import { tokenSource } from '../../runtime/terminal/token.ts';
import { folder } from './bulk-command.ts';

const file = join(folder, 'token');
const refusal = JSON.stringify({ errors: [{ message: 'No.', extensions: { code: 'UNAUTHENTICATED' } }] });

/** A graph that takes one token only; whoever renews tokens is told of every request. */
function door(good: string, renew: () => void) {
  const shown: (string | undefined)[] = [];
  const post: Post = (_url, { authorization }) => {
    shown.push(authorization);
    const admitted = authorization === `Bearer ${good}`;
    renew();
    return Promise.resolve(
      admitted
        ? { status: 200, headers: {}, text: '{"data":{"ok":true}}' }
        : { status: 401, headers: {}, text: refusal },
    );
  };
  const { signal } = new AbortController();
  const url = new URL('http://127.0.0.1:1/graphql');
  const opened = openDoor({ url, headers: {}, token: tokenSource(file), post, signal, say: () => undefined });
  return { shown, ask: (query: string) => opened.ask(query, {}) };
}

test('a token that ends during a run is exchanged for the one that is in its file by then', async () => {
  writeFileSync(file, 'first\n');
  const { ask, shown } = door('second', () => {
    writeFileSync(file, 'second\n');
  });
  expect(await ask('{ ok }')).toMatchObject({ data: { ok: true } });
  expect(await ask('{ ok }')).toMatchObject({ data: { ok: true } });
  expect(shown).toEqual(['Bearer first', 'Bearer second', 'Bearer second']);
});

test('a token that is not taken ends the run, which says so', async () => {
  writeFileSync(file, 'first');
  const { ask, shown } = door('second', () => undefined);
  await expect(ask('{ ok }')).rejects.toMatchObject({
    code: 'BAD_USER_INPUT',
    message: expect.stringContaining('refuses: UNAUTHENTICATED'),
  });
  expect(shown).toHaveLength(1);
});

test.each([
  ['is not there', undefined, 'cannot be read'],
  ['has more than a token', 'authorization: Bearer x', 'must be an access token and nothing else'],
])('a file that %s is refused', (_, text, sentence) => {
  const other = join(folder, 'other');
  if (text !== undefined) writeFileSync(other, text);
  expect(tokenSource(other)).toThrow(sentence);
});
