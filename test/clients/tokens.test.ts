import { afterEach, describe, expect, test } from '@jest/globals';
import { changes, type ChangesOptions, type Interruption, type Told } from '../../clients/changes.ts';
import { change, error, serveScript, type Script, type Scripted, type Step } from './scripted.ts';

let served: Scripted | undefined;
afterEach(async () => {
  await served?.[Symbol.asyncDispose]();
});

describe.each(['websocket', 'sse'] as const)('the token of a client by %s', (transport) => {
  async function first(script: Script, token: NonNullable<ChangesOptions['token']>) {
    served = await serveScript(script);
    const interruptions: Interruption[] = [];
    const loop = changes<Told>({
      ...{ url: served.url, transport, token, after: 'at 0', pauses: [1, 0] },
      onInterruption: (interruption) => interruptions.push(interruption),
    });
    const { value } = await loop.next();
    await loop.return();
    return { value, interruptions };
  }

  test('is exchanged when it ends before anything has happened, however often', async () => {
    let tokens = 0;
    const ends: Step = transport === 'sse' ? { errors: [error('UNAUTHENTICATED')] } : { close: 4401 };
    const script: Script = (_, connection) => (connection < 3 ? [ends] : [change(1)]);
    const { value, interruptions } = await first(script, () => `token-${++tokens}`);
    expect(value).toMatchObject({ position: '1' });
    expect(served?.asked.map(({ headers }) => headers.authorization)).toEqual(
      [1, 2, 3].map((number) => `Bearer token-${number}`),
    );
    expect(interruptions.map(({ code }) => code)).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
  });

  test('that is always the same is not shown again to whom it was not good enough', async () => {
    const refused: Script = () => [{ errors: [error('UNAUTHENTICATED')] }];
    await expect(first(refused, 'one')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(served?.asked).toHaveLength(1);
  });
});
