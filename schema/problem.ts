import { getLocation, type ASTNode } from 'graphql';

/** Something in the contracts that must be mended before they can be published. */
export interface Problem {
  /** Path from the repository's root, with forward slashes. */
  readonly file: string;
  /** Counted from 1; absent where the problem has no single place. */
  readonly line?: number;
  /** What it is about, as a schema coordinate, e.g. `Type.field`; absent where there is none. */
  readonly coordinate?: string;
  /** A word to search for, in SCREAMING_CASE. */
  readonly code: string;
  /** What is wrong and what to do, in plain sentences. */
  readonly message: string;
}

/** The line on which a node begins, not counting its description. */
function lineOf(node: ASTNode): number | undefined {
  const named = 'name' in node && 'loc' in node.name ? node.name : node;
  return named.loc && getLocation(named.loc.source, named.loc.start).line;
}

/** A problem with the place of the node that shows it. */
export function problemAt(node: ASTNode, problem: Omit<Problem, 'file' | 'line'>): Problem {
  const line = lineOf(node);
  return { file: node.loc?.source.name ?? '', ...(line === undefined ? {} : { line }), ...problem };
}

/** One line for one problem: place, code, coordinate, what to do. */
export function formatProblem({ file, line, coordinate, code, message }: Problem): string {
  const place = line === undefined ? file : `${file}:${line}`;
  return `${place} ${code}${coordinate === undefined ? '' : ` ${coordinate}`}: ${message}`;
}
