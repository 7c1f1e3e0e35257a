import { build, drift, writeBuild } from './build.ts';
import type { Change } from './changes/change.ts';
import { compatibility } from './compatibility.ts';
import { formatProblem } from './problem.ts';

export interface PublishOptions {
  /** Write nothing, and count outdated files and unintended breaking changes as errors. */
  readonly check: boolean;
  /** Git reference of the schema to compare with; see `baseOf` for what is taken otherwise. */
  readonly base?: string | undefined;
}

/** What there is to tell, one line each. */
export interface Published {
  /** What must be mended; empty where everything is well. */
  readonly errors: readonly string[];
  readonly lines: readonly string[];
}

/**
 * Derives everything from the contracts of a root and writes it, or checks that what is written is up to date.
 * Where the contracts compose but breach a convention, the files are written all the same, so that work can go on.
 * @throws Failure `BAD_REQUEST` when the base has no schema.
 */
export async function publish(root: string, { check, base }: PublishOptions): Promise<Published> {
  const built = await build(root);
  const compared = built.composed && compatibility(root, built.composed, base);
  const outdated = drift(root, built);
  const problems = check ? [...built.problems, ...outdated, ...(compared?.problems ?? [])] : built.problems;
  if (!check) writeBuild(root, built);
  const files = `${built.files.size} generated files, ${outdated.length} ${check ? 'not up to date' : 'changed'}`;
  return {
    errors: problems.map(formatProblem),
    lines: [
      ...(compared?.changes ?? [])
        .filter(({ impact }) => impact !== 'SAFE')
        .filter(
          ({ code, coordinate }) =>
            !problems.some((one) => one.code === code && one.coordinate === coordinate),
        )
        .map((change) => describe(change, compared?.base)),
      ...(compared?.notes ?? []).map((note) => `note: ${note}`),
      ...(built.composed ? [files] : []),
    ],
  };
}

function describe({ impact, code, coordinate, message }: Change, base = ''): string {
  return `${impact.toLowerCase()} against ${base}: ${code} ${coordinate}: ${message}`;
}
