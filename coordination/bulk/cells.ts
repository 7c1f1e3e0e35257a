import { parseValue, valueFromASTUntyped } from 'graphql';
import type { Values } from '../write.ts';
import type { Column, Path } from './columns.ts';
import { malformed, type Reason } from './contract.ts';
import { readLine, type Read } from './line.ts';

type Tree = Map<string | number, unknown>;

/**
 * What a row of cells asks for, or all that is wrong with it: an empty cell says nothing, and the null word clears.
 * What a number or a truth value is, is for GraphQL to say. Pure.
 */
export function readCells(
  cells: readonly string[],
  columns: readonly Column[],
  nullWord: string | null,
): Read {
  if (cells.length > columns.length) {
    const sentence = `The row has ${cells.length} cells where the header has ${columns.length}: quote cells that hold the separator.`;
    return { reasons: [malformed(sentence)] };
  }
  const line: Tree = new Map<string, unknown>([['changes', new Map()]]);
  const reasons: Reason[] = [];
  for (const [at, { path, reads }] of columns.entries()) {
    const text = cells[at]?.trim() ?? '';
    if (text === '') continue;
    const value = text === nullWord && path.length > 1 ? null : valueIn(text, reads);
    if (value === undefined) {
      reasons.push(
        malformed(`${nameOf(path)}: the cell is not JSON; give its parts in columns of their own.`),
      );
    } else if (!put(line, path, value)) {
      reasons.push(
        malformed(`${nameOf(path)}: the row gives both the whole and a part of it; empty one of them.`),
      );
    }
  }
  return reasons.length > 0 ? { reasons } : readLine(withVersions(plainOf(line) as Values));
}

/** Undefined for what should be JSON and is not. */
function valueIn(text: string, reads: Column['reads']): unknown {
  if (reads === 'text') return text;
  try {
    return reads === 'json' ? JSON.parse(text) : valueFromASTUntyped(parseValue(text));
  } catch {
    // What is no literal stays a text, to be refused as what it is.
    return reads === 'json' ? undefined : text;
  }
}

/** Puts a value at its place; false where there is one already, at the place or on the way to it. */
function put(tree: Tree, [first = '', ...rest]: Path, value: unknown): boolean {
  const present = tree.get(first);
  if (rest.length === 0) {
    if (present !== undefined) return false;
    tree.set(first, value);
    return true;
  }
  if (present !== undefined && !isTree(present)) return false;
  const within: Tree = present ?? new Map<string | number, unknown>();
  tree.set(first, within);
  return put(within, rest, value);
}

/** Objects, and lists of what is there: an item that is absent is left out. */
function plainOf(value: unknown): unknown {
  if (!isTree(value)) return value;
  const entries = [...value].map(([name, member]) => [name, plainOf(member)] as const);
  if (!entries.some(([name]) => typeof name === 'number')) return Object.fromEntries(entries);
  return entries.sort(([one], [other]) => Number(one) - Number(other)).map(([, member]) => member);
}

const isTree = (value: unknown): value is Tree => value instanceof Map;

function withVersions({ expect, ...line }: Values): Values {
  if (expect === undefined) return line;
  const versions = Object.entries(expect as Record<string, string>);
  return { ...line, expect: versions.map(([system, version]) => ({ system, version })) };
}

const nameOf = (path: Path): string => path.filter((part) => part !== 'changes').join('.');
