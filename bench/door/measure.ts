import { start, type Child } from '../read/child.ts';
import { median, run } from '../read/load.ts';
import { questions, type Question } from './questions.ts';
import { contenders, headersOf, readers, type Contender } from './contenders.ts';
import { issue } from './issuer.ts';

/** One contender at one question: medians of the rounds. */
export interface Row {
  readonly contender: string;
  readonly question: string;
  readonly requestsPerSecond: number;
  /** Of the first contender's in the same round. */
  readonly ratio: number;
  /** Microseconds of the contender's process per request. */
  readonly cpu: number;
}

export interface Plan {
  readonly rounds: number;
  /** Of one contender and question in one round. */
  readonly seconds: number;
  readonly connections: number;
  readonly progress: (line: string) => void;
}

interface Entrant extends Contender {
  readonly child: Child & { readonly port: number };
  /** One for each caller. */
  readonly tokens: readonly string[];
}

/** Callers that have a token each. */
const callers = 64;

/** Measures the contenders in turn, round by round, after each was seen to answer without an error. */
export async function measure(
  plan: Plan,
): Promise<{ readonly rows: readonly Row[]; readonly failures: number }> {
  const { keys, tokens } = await issue(callers, readers);
  const entrants: Entrant[] = [];
  for (const contender of contenders) {
    const child = await start({ module: '../door/contender.ts', parameters: [contender.key, keys] });
    entrants.push({ ...contender, child, tokens });
  }
  const slices: (Row & { readonly failures: number })[] = [];
  for (let round = 0; round <= plan.rounds; round++) {
    for (const question of questions) {
      // In another order each round, so that nobody always follows the same one.
      const order = entrants.map((_, i) => entrants[(i + round) % entrants.length] as Entrant);
      const found = [];
      for (const entrant of order) found.push(await slice(entrant, question, plan));
      const first = found.find(({ contender }) => contender === contenders[0]?.key);
      const base = first?.requestsPerSecond ?? NaN;
      // The first round only warms up.
      if (round > 0) slices.push(...found.map((one) => ({ ...one, ratio: one.requestsPerSecond / base })));
    }
    plan.progress(round === 0 ? 'warmed up' : `round ${round} of ${plan.rounds}`);
  }
  for (const { child } of entrants) await child.end();
  return { rows: medians(slices), failures: slices.reduce((sum, one) => sum + one.failures, 0) };
}

async function slice(entrant: Entrant, question: Question, { seconds, connections }: Plan) {
  const { key, child } = entrant;
  const requests = Array.from({ length: 1000 }, (_, n) => request(entrant, question, n));
  const before = await child.usage();
  const done = await run({
    port: child.port,
    request: (n) => requests[n % requests.length] as string,
    connections,
    milliseconds: seconds * 1000,
  });
  const after = await child.usage();
  return {
    contender: key,
    question: question.name,
    requestsPerSecond: done.requests / done.seconds,
    ratio: 1,
    cpu: (after.cpu - before.cpu) / done.requests,
    failures: done.failures,
  };
}

function request(entrant: Entrant, { document, name, variables }: Question, n: number): string {
  const { child, tokens } = entrant;
  const body = JSON.stringify({ query: document, operationName: name, variables: variables(n) });
  const bytes = Buffer.from(body).toString('latin1');
  const head = {
    host: `127.0.0.1:${child.port}`,
    accept: 'application/json',
    'content-type': 'application/json',
    ...headersOf(entrant, tokens[n % tokens.length] ?? ''),
  };
  const lines = Object.entries({ ...head, 'content-length': String(bytes.length) }).map((line) =>
    line.join(': '),
  );
  return `POST /graphql HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${bytes}`;
}

function medians(slices: readonly Row[]): readonly Row[] {
  const groups = Map.groupBy(slices, (one) => `${one.question} ${one.contender}`);
  return [...groups.values()].map((group) => {
    const [{ contender, question }] = group as [Row, ...Row[]];
    const middle = (key: 'requestsPerSecond' | 'ratio' | 'cpu') => median(group.map((one) => one[key]));
    return {
      contender,
      question,
      requestsPerSecond: middle('requestsPerSecond'),
      ratio: middle('ratio'),
      cpu: middle('cpu'),
    };
  });
}
