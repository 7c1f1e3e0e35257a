import type { Operation } from '../../gateway/engine/index.ts';
import { requestContext } from '../../runtime/context.ts';
import type { Principal } from '../../runtime/principal.ts';
import { median } from '../read/load.ts';
import { authenticateOf, contenders, engineOf, headersOf } from './contenders.ts';
import { questions, type Question } from './questions.ts';

interface Entrant {
  readonly key: string;
  readonly operation: Operation;
  readonly principal: Principal;
  /** Microseconds per answer, turn by turn. */
  readonly turns: number[];
}

const turns = 100;
/** Turns at the beginning that only warm up. */
const cold = 15;
const { signal } = new AbortController();

/** The CPU time of an answer, without the door; one line for each question and contender, with the ratio to the first. */
export async function measureEngines(): Promise<string> {
  // The engine knows neither tokens nor limits.
  const engines = contenders
    .filter(({ callers, limits }) => callers !== 'tokens' && !limits)
    .map((one) => ({ ...one, made: engineOf(one), principal: authenticateOf(one, '')(headersOf(one, '')) }));
  const lines: string[] = [];
  for (const question of questions) {
    const entrants = engines.map(({ key, made, principal }): Entrant => {
      const operation = made.prepare(question.document);
      if ('errors' in operation || principal instanceof Promise || 'refused' in principal)
        throw new Error(`${key} does not answer ${question.name}`);
      return { key, operation, principal, turns: [] };
    });
    for (let turn = 0; turn < turns; turn++)
      for (let i = 0; i < entrants.length; i++)
        await takeTurn(entrants[(i + turn) % entrants.length] as Entrant, question);
    const figures = entrants.map(({ key, turns: all }) => ({ key, cpu: median(all.slice(cold)) }));
    const base = figures[0]?.cpu ?? NaN;
    for (const { key, cpu } of figures)
      lines.push(
        `${question.name} ${key.padEnd(8)} ${cpu.toFixed(2).padStart(8)} µs  ${(cpu / base).toFixed(3)}`,
      );
  }
  return lines.join('\n');
}

async function takeTurn(
  { operation, principal, turns: all }: Entrant,
  { name, variables }: Question,
): Promise<void> {
  const answers = name === 'Q2' ? 100 : 1500;
  const before = process.cpuUsage();
  for (let n = 0; n < answers; n++)
    await operation.run(variables(n), requestContext({ principal, timeout: 1000, signal }));
  const { user, system } = process.cpuUsage(before);
  all.push((user + system) / answers);
}
