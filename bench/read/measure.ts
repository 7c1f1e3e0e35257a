import { ask, difference, request } from './answers.ts';
import { start } from './child.ts';
import type { Contender } from './contenders/index.ts';
import { median, percentile, run } from './load.ts';
import { questions, type Question } from './queries.ts';

/** One contender at one question and concurrency: medians of the rounds. */
export interface Row {
  readonly contender: string;
  readonly question: Question['name'];
  readonly connections: number;
  readonly requestsPerSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Microseconds of the contender's process per request. */
  readonly cpu: number;
  readonly fetches: number;
}

export interface Result {
  readonly rows: readonly Row[];
  /** Contenders that are not measured, with the reason. */
  readonly refused: readonly { readonly contender: string; readonly reason: string }[];
  /** Peak resident memory in bytes, by contender. */
  readonly memory: Readonly<Record<string, number>>;
  readonly failures: number;
}

export interface Plan {
  readonly contenders: readonly Contender[];
  readonly rounds: number;
  /** Of one contender, question and concurrency in one round. */
  readonly seconds: number;
  readonly connections: readonly number[];
  readonly progress: (line: string) => void;
}

type Child = Awaited<ReturnType<typeof start>>;

interface Entrant {
  readonly contender: Contender;
  readonly child: Child;
}

const warmUp = 1500;
const samples = 8;

/** Starts everybody, compares their answers, and measures them in turn, round by round. */
export async function measure(plan: Plan): Promise<Result> {
  const { contenders, progress } = plan;
  const subgraphs = await start({ module: 'subgraphs.ts' });
  const expected = await expectedAnswers();
  const entrants: Entrant[] = [];
  const refused: { contender: string; reason: string }[] = [];
  for (const contender of contenders) {
    const entered = await enter(contender, subgraphs.port, expected);
    if ('reason' in entered) refused.push({ contender: contender.key, reason: entered.reason });
    else entrants.push(entered);
    progress(
      `${contender.title}: ${'reason' in entered ? `not measured: ${entered.reason}` : 'answers as the others'}`,
    );
  }

  const slices: (Row & { readonly failures: number })[] = [];
  for (let round = 1; round <= plan.rounds; round++) {
    for (const question of questions) {
      for (const connections of plan.connections) {
        // In another order each round, so that nobody always follows the same one.
        const order = entrants.map((_, i) => entrants[(i + round) % entrants.length] as Entrant);
        for (const entrant of order)
          slices.push(await slice(entrant, subgraphs, question, connections, plan.seconds));
      }
    }
    progress(`round ${round} of ${plan.rounds}`);
  }

  const memory: Record<string, number> = {};
  for (const { contender, child } of entrants) {
    memory[contender.key] = (await child.usage()).peak;
    await child.end();
  }
  await subgraphs.end();
  const failures = slices.reduce((sum, one) => sum + one.failures, 0);
  return { rows: medians(slices), refused, memory, failures };
}

/** By question and sample: the answers of the endpoint that was written by hand. */
async function expectedAnswers(): Promise<ReadonlyMap<Question, readonly unknown[]>> {
  const { contenders } = await import('./contenders/index.ts');
  const rest = contenders.find(({ key }) => key === 'rest') as Contender;
  const child = await start({ module: 'contender.ts', parameters: [rest.key, '0'] });
  const answers = new Map<Question, readonly unknown[]>();
  for (const question of questions) answers.set(question, await answersOf(rest, child.port, question));
  await child.end();
  return answers;
}

async function answersOf(
  contender: Contender,
  port: number,
  question: Question,
): Promise<readonly unknown[]> {
  const answers: unknown[] = [];
  for (let n = 0; n < samples; n++) answers.push(await ask(contender, port, question, n * 97));
  return answers;
}

async function enter(
  contender: Contender,
  subgraphs: number,
  expected: ReadonlyMap<Question, readonly unknown[]>,
): Promise<Entrant | { readonly reason: string }> {
  let child: Child | undefined;
  try {
    child = await start({ module: 'contender.ts', parameters: [contender.key, String(subgraphs)] });
    for (const question of questions) {
      const found = await answersOf(contender, child.port, question);
      const wrong = expected
        .get(question)
        ?.map((one, n) => difference(one, found[n]))
        .find(Boolean);
      if (wrong) throw new Error(`${question.name}: ${wrong}`);
    }
    const { port } = child;
    for (const question of questions) {
      await run({
        port,
        request: (n) => request(contender, port, question, n),
        connections: 16,
        milliseconds: warmUp,
      });
    }
    return { contender, child };
  } catch (error) {
    await child?.end();
    return { reason: (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '' };
  }
}

async function slice(
  { contender, child }: Entrant,
  subgraphs: Child,
  question: Question,
  connections: number,
  seconds: number,
) {
  const { port } = child;
  // Made beforehand: the generator's own work must stay small.
  const requests = Array.from({ length: 1000 }, (_, n) => request(contender, port, question, n));
  const [before, asked] = [await child.usage(), await subgraphs.usage()];
  const done = await run({
    port,
    request: (n) => requests[n % requests.length] as string,
    connections,
    milliseconds: seconds * 1000,
  });
  const [after, answered] = [await child.usage(), await subgraphs.usage()];
  return {
    contender: contender.key,
    question: question.name,
    connections,
    requestsPerSecond: done.requests / done.seconds,
    p50: percentile(done.latencies, 0.5),
    p99: percentile(done.latencies, 0.99),
    cpu: (after.cpu - before.cpu) / done.requests,
    fetches: (answered.requests - asked.requests) / done.requests,
    failures: done.failures,
  };
}

function medians(slices: readonly Row[]): readonly Row[] {
  const groups = Map.groupBy(slices, (one) => `${one.contender} ${one.question} ${one.connections}`);
  return [...groups.values()].map((group) => {
    const [first] = group as [Row, ...Row[]];
    const { contender, question, connections } = first;
    const middle = (key: 'requestsPerSecond' | 'p50' | 'p99' | 'cpu' | 'fetches') =>
      median(group.map((one) => one[key]));
    return {
      contender,
      question,
      connections,
      requestsPerSecond: middle('requestsPerSecond'),
      p50: middle('p50'),
      p99: middle('p99'),
      cpu: middle('cpu'),
      fetches: middle('fetches'),
    };
  });
}
