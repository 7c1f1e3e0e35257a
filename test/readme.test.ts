import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { nameOf, settings } from '../runtime/settings.ts';
import { agrees, filledIn, linePattern, relativeLinks, stepsOf, type Step } from './house/document.ts';
import { run } from './house/run.ts';

const root = join(import.meta.dirname, '..');
const folder = await mkdtemp(join(tmpdir(), 'readme-'));
afterAll(() => rm(folder, { recursive: true }));

async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return String(port);
}

const ports = { PORT: await freePort(), SANDBOX_PORT: await freePort() };

/** The document as it would be if the product came with these ports. */
const onOurPorts = (document: string): string =>
  document
    .replaceAll(/\b(127\.0\.0\.1|localhost):4000\b/g, `$1:${ports.PORT}`)
    .replaceAll(/\b(127\.0\.0\.1|localhost):4010\b/g, `$1:${ports.SANDBOX_PORT}`);

/** The product's defaults but for ports and place, whatever the tester has set; an empty setting counts as none. */
const environment = Object.entries({
  ...Object.fromEntries(Object.keys(settings).map((key) => [nameOf(key), ''])),
  ...ports,
  DATA_DIR: join(folder, 'data'),
  npm_config_loglevel: 'silent',
}).map(([name, value]) => `${name}=${value}`);

const bash = (command: string) =>
  run('env', [...environment, 'bash', '-euo', 'pipefail', '-c', command], { cwd: root, group: true });

/** Does a step as its reader would, and compares what came of it with what the document says. */
async function follow({ command, serves, expected }: Step): Promise<void> {
  const process = bash(command);
  if (serves) {
    for (const line of expected?.text.trim().split('\n') ?? ['…The graph is at …'])
      await process.line(new RegExp(`^${linePattern(line)}$`));
    return;
  }
  const ended = await process.ended;
  expect({ ...ended, out: ended.code === 0 ? '' : ended.out }).toMatchObject({ code: 0, out: '' });
  if (expected?.kind === 'json') {
    const actual: unknown = JSON.parse(ended.out);
    expect(actual).toEqual(filledIn(JSON.parse(expected.text), actual));
  } else if (expected && !agrees(expected.text, ended.out)) expect(ended.out).toBe(expected.text);
}

describe('the convention', () => {
  const document = [
    'Install:',
    ...['```sh', 'npm ci', 'echo begun', '```', '', '```text', 'b…n', '```'],
    ...['```sh start', 'npm start', '```'],
    ...['```js', 'not.run()', '```'],
    ...[
      '```sh',
      'echo \'{"a": [1, "x y"], "b": {"c": null}}\'',
      '```',
      '',
      'Some words.',
      '',
      '```json',
      '{}',
      '```',
    ],
    ...['```sh', 'exit 3', '```'],
    'See [a](test/house), [b](https://example.com/none), [c](#here) and [d](none/here.md#there).',
  ].join('\n');

  test('blocks are steps, with the output that stands directly behind them', () => {
    expect(stepsOf(document)).toEqual([
      {
        line: 3,
        command: 'echo begun',
        serves: false,
        left: ['npm ci'],
        expected: { kind: 'text', text: 'b…n' },
      },
      { line: 11, command: 'npm start', serves: true, left: [] },
      { line: 17, command: expect.stringContaining('echo'), serves: false, left: [] },
      { line: 26, command: 'exit 3', serves: false, left: [] },
    ]);
    expect(relativeLinks(document)).toEqual(['test/house', 'none/here.md']);
    expect(() => stepsOf('```sh\necho')).toThrow('does not end');
  });

  test('what differs from the document fails', async () => {
    const step = { line: 1, serves: false, left: [] };
    const json = (text: string) => ({
      ...step,
      command: `echo '{"a": [1, "x y"], "b": {"c": null}}'`,
      expected: { kind: 'json', text } as const,
    });
    await follow(json('{"b": {"c": "…"}, "a": ["…", "x…"]}'));
    await follow(json('{"b": "…", "a": "…"}'));
    await expect(follow(json('{"a": [1, "x y"]}'))).rejects.toThrow('toEqual');
    await expect(follow(json('{"a": [1, "y…"], "b": "…"}'))).rejects.toThrow('toEqual');
    await expect(follow(json('{"a": "…", "b": "…", "c": "…"}'))).rejects.toThrow('toEqual');
    await expect(follow({ ...step, command: 'exit 3' })).rejects.toThrow('toMatchObject');
    await expect(follow({ ...step, command: 'false; true' })).rejects.toThrow('toMatchObject');
    const text = (expected: string) => ({
      ...step,
      command: 'printf "one 1\\ntwo\\nthree\\n"',
      expected: { kind: 'text', text: expected } as const,
    });
    for (const right of ['one …\ntwo\nthree', '…\nthree', 'one 1\n…', 'one 1\n…\nthree'])
      await follow(text(right));
    await follow({ ...text('…\nthree'), command: 'printf "one\\nthree\\n"; sleep 60', serves: true });
    for (const wrong of ['one', 'two\nthree', 'one …\nthree', 'one .\n…'])
      await expect(follow(text(wrong))).rejects.toThrow('toBe');
  });
});

describe('README.md', () => {
  const document = readFileSync(join(root, 'README.md'), 'utf8');

  test('does what it says', async () => {
    for (const step of stepsOf(onOurPorts(document))) {
      for (const line of step.left)
        process.stderr.write(
          `not run: "${line}" (README.md, line ${step.line}: it would replace the packages that run this test)\n`,
        );
      if (step.command.trim() === '') continue;
      try {
        await follow(step);
      } catch (error) {
        throw new Error(`README.md, line ${step.line}: ${step.command}`, { cause: error });
      }
    }
  }, 120_000);

  test('leads nowhere in vain', () => {
    const links = relativeLinks(document);
    expect(links.length).toBeGreaterThan(0);
    const files = document.match(/\b(?:test|examples|schema|samples|docs|bench)\/[\w./-]*\w\b/g) ?? [];
    expect([...links, ...files].filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  test('names a test for each of its guarantees', () => {
    const [, table = ''] = /^\| promise .*\n\|[ |-]+\n((?:\|.*\n)+)/m.exec(document) ?? [];
    const rows = table.trim().split('\n');
    expect(rows.length).toBeGreaterThan(3);
    expect(rows.filter((row) => !/\]\(test\/[\w/.-]+\.ts\)/.test(row))).toEqual([]);
  });

  test('knows only the scripts that there are', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object };
    const named = [...document.matchAll(/\bnpm (?:run (?:-s )?([\w:-]+)|(start|test)\b)/g)];
    const names = named.map(([, script, short]) => script ?? short ?? '');
    expect(names.length).toBeGreaterThan(0);
    expect([...new Set(names)].filter((name) => !Object.keys(scripts).includes(name))).toEqual([]);
  });
});
