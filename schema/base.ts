import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../runtime/failure.ts';
import type { Composed } from './compose.ts';

/** A version of the published schema that clients already know. */
export interface Base {
  /** Where it was found, in words, e.g. `commit 1a2b3c4`. */
  readonly name: string;
  readonly composed: Composed;
}

const files = { api: 'schema/generated/api.graphql', supergraph: 'schema/generated/supergraph.graphql' };

/**
 * The schema to compare with. In a repository it is the last committed one that differs from the present one: HEAD while
 * the contracts are being edited and, once the edit is committed, the commit before it, so that a fresh clone judges the
 * last change and not nothing. Outside a repository it is what is on disk. `undefined` where there is no earlier one, as
 * before the first commit or in a clone without history.
 * @param reference a git reference to compare with instead, e.g. `origin/main` for everything a branch changes.
 * @throws Failure `BAD_REQUEST` when there is no published schema at the reference.
 */
export function baseOf(root: string, present: Composed, reference?: string): Base | undefined {
  if (reference !== undefined) {
    const base = committed(root, reference);
    if (base) return base;
    const message = `There is no ${files.api} at "${reference}"; name another reference or fetch it first.`;
    throw new Failure('BAD_REQUEST', message);
  }
  const head = committed(root, 'HEAD');
  if (!head) return onDisk(root);
  if (!isSame(head.composed, present)) return head;
  const last = git(root, ['log', '-1', '--format=%H', '--', ...Object.values(files)])?.trim();
  return last === undefined || last === '' ? undefined : committed(root, `${last}^`);
}

function committed(root: string, reference: string): Base | undefined {
  const commit = git(root, ['rev-parse', '--verify', '--quiet', '--short', `${reference}^{commit}`])?.trim();
  if (commit === undefined) return undefined;
  const api = git(root, ['show', `${commit}:./${files.api}`]);
  const supergraph = git(root, ['show', `${commit}:./${files.supergraph}`]);
  if (api === undefined || supergraph === undefined) return undefined;
  return { name: `commit ${commit}`, composed: { api, supergraph } };
}

function onDisk(root: string): Base | undefined {
  const [api, supergraph] = [join(root, files.api), join(root, files.supergraph)];
  if (!existsSync(api) || !existsSync(supergraph)) return undefined;
  return {
    name: 'the files on disk',
    composed: { api: readFileSync(api, 'utf8'), supergraph: readFileSync(supergraph, 'utf8') },
  };
}

function isSame(one: Composed, other: Composed): boolean {
  return one.api === other.api && one.supergraph === other.supergraph;
}

function git(root: string, args: readonly string[]): string | undefined {
  try {
    // Inside a git hook these variables would lead to the repository of the hook, whatever the root.
    const elsewhere = ['-u', 'GIT_DIR', '-u', 'GIT_WORK_TREE', '-u', 'GIT_INDEX_FILE'];
    return execFileSync('env', [...elsewhere, 'git', '-C', root, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 64 * 1024 * 1024,
    });
  } catch {
    return undefined;
  }
}
