import { machine } from '../read/report.ts';
import { contenders } from './contenders.ts';
import type { Row } from './measure.ts';
import { questions } from './questions.ts';

/** How much of its requests a gateway may lose to the whole door. */
const share = 0.15;

/** What the whole door takes of the requests a second, per question; 0.1 is a tenth. */
export function priceOf(rows: readonly Row[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    rows.filter(({ contender }) => contender === 'door').map(({ question, ratio }) => [question, 1 - ratio]),
  );
}

/** Everything that was measured, as plain text. */
export function text(rows: readonly Row[]): string {
  return [...rows.map(line), verdict(rows)].join('\n');
}

/** The table of the README. */
export function markdown(rows: readonly Row[]): string {
  const { cores, node } = machine();
  const head = ['at the door', ...questions.flatMap(({ name }) => [`${name} ratio`, `${name} CPU µs`])];
  const cells = contenders.map(({ key, title }) => [
    title,
    ...questions.flatMap(({ name }) => {
      const row = rows.find(({ contender, question }) => contender === key && question === name);
      return row ? [row.ratio.toFixed(3), row.cpu.toFixed(0)] : ['–', '–'];
    }),
  ]);
  const table = [head, head.map(() => '---'), ...cells].map((row) => `| ${row.join(' | ')} |`);
  return [
    ...table,
    '',
    `${questions.map(({ name, what }) => `${name} is ${what}`).join('; ')}. Ratio: requests a second against the first line, in the`,
    'same round; CPU: of the process per request. All of them answer from the same data in memory, so that the systems cost',
    `nothing. One machine with ${cores} cores (Node.js ${node}).`,
    '',
    `- ${verdict(rows)}`,
  ].join('\n');
}

function verdict(rows: readonly Row[]): string {
  const prices = Object.entries(priceOf(rows));
  const figures = prices.map(([question, price]) => `${question} ${(price * 100).toFixed(1)} %`);
  const reached = prices.every(([, price]) => price < share) ? '' : ' (**not reached**)';
  return `authentication, scopes and limits together cost less than ${share * 100} % of the requests a second: ${figures.join(', ')}${reached}`;
}

function line({ question, contender, requestsPerSecond, ratio, cpu }: Row): string {
  const figures = [requestsPerSecond.toFixed(0).padStart(7), ratio.toFixed(3), `${cpu.toFixed(1)} µs`];
  return `${question} ${contender.padEnd(8)} ${figures.join('  ')}`;
}
