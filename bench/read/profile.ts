import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { request } from './answers.ts';
import { start } from './child.ts';
import type { Contender } from './contenders/index.ts';
import { run } from './load.ts';
import { questions, type Question } from './queries.ts';

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const shown = 40;

/** Where a contender spends its own time at 16 connections, per question: by function and by package. */
export async function profile(contender: Contender): Promise<string> {
  const subgraphs = await start({ module: 'subgraphs.ts' });
  const parts: string[] = [];
  for (const question of questions) {
    const folder = mkdtempSync(join(tmpdir(), 'bench-profile-'));
    try {
      await load(contender, question, subgraphs.port, folder);
      const [file = ''] = readdirSync(folder);
      parts.push(
        `${contender.title}, ${question.name}`,
        told(JSON.parse(readFileSync(join(folder, file), 'utf8')) as CpuProfile),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  await subgraphs.end();
  return parts.join('\n');
}

async function load(
  contender: Contender,
  question: Question,
  subgraphs: number,
  folder: string,
): Promise<void> {
  const node = ['--cpu-prof', `--cpu-prof-dir=${folder}`, '--cpu-prof-interval=200'];
  const child = await start({ module: 'contender.ts', parameters: [contender.key, String(subgraphs)], node });
  const { port } = child;
  await run({
    port,
    request: (n) => request(contender, port, question, n),
    connections: 16,
    milliseconds: 8000,
  });
  await child.end();
}

function told({ nodes, samples, timeDeltas }: CpuProfile): string {
  const byId = new Map(nodes.map((node) => [node.id, node.callFrame]));
  const functions = new Map<string, number>();
  const files = new Map<string, number>();
  let total = 0;
  // The first seconds are the start and the compilers' warming up.
  const from = Math.floor(samples.length / 3);
  for (let i = from; i < samples.length; i++) {
    const frame = byId.get(samples[i] ?? 0);
    const delta = timeDeltas[i] ?? 0;
    if (!frame || frame.functionName === '(idle)') continue;
    total += delta;
    const file = placeOf(frame.url);
    add(functions, `${frame.functionName || '(anonymous)'} ${file}:${frame.lineNumber + 1}`, delta);
    add(files, file, delta);
  }
  const lines = (all: ReadonlyMap<string, number>) =>
    [...all]
      .sort((one, other) => other[1] - one[1])
      .slice(0, shown)
      .map(([name, time]) => `  ${((time / total) * 100).toFixed(1).padStart(5)} %  ${name}`);
  return [...lines(functions), '  by file:', ...lines(files)].join('\n');
}

const placeOf = (url: string): string =>
  url.startsWith('file:') ? relative(root, fileURLToPath(url)) : url || '(engine)';

const add = (sums: Map<string, number>, key: string, value: number): void => {
  sums.set(key, (sums.get(key) ?? 0) + value);
};
