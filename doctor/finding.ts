/** What one look has found. */
export interface Finding {
  /** What was looked at, such as `store`. */
  readonly check: string;
  readonly verdict: Verdict;
  /** What is so, in a plain sentence. Never with a secret. */
  readonly says: string;
  /** What to do about it; absent where all is well. */
  readonly remedy?: string;
}

/** `WARN`: it runs, and something will be missed. `FAIL`: it does not start, or does not do what it is there for. */
export type Verdict = 'OK' | 'WARN' | 'FAIL';

/** A look as it is written down: what it finds gets the name of what was looked at. */
export type Found = Omit<Finding, 'check'>;

export const ok = (says: string): Found => ({ verdict: 'OK', says });
export const warn = (says: string, remedy: string): Found => ({ verdict: 'WARN', says, remedy });
export const fail = (says: string, remedy: string): Found => ({ verdict: 'FAIL', says, remedy });

/** The exit code: 1 where something fails, or is warned of and `strict`. */
export function exitCodeFor(findings: readonly Finding[], strict: boolean): 0 | 1 {
  return findings.some(({ verdict }) => verdict === 'FAIL' || (strict && verdict === 'WARN')) ? 1 : 0;
}

/** For people: a line for each finding, its remedy below it, and a line that counts them. */
export function written(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.flatMap(({ check, verdict, says, remedy }) => [
    `${verdict.toLowerCase().padEnd(4)}  ${check.padEnd(width)}  ${says}`,
    ...(remedy === undefined ? [] : [`${' '.repeat(width + 8)}→ ${remedy}`]),
  ]);
  const count = (wanted: Verdict): number => findings.filter(({ verdict }) => verdict === wanted).length;
  return [...lines, '', `${count('OK')} ok, ${count('WARN')} warn, ${count('FAIL')} fail`, ''].join('\n');
}
