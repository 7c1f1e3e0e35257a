import type { ExecutionResult } from 'graphql';

type Path = readonly (string | number)[];

interface Response {
  readonly data?: unknown;
  readonly errors?: readonly { readonly path?: Path | undefined }[] | undefined;
}

/**
 * How a gateway's answer differs from that of one schema executed by graphql-js; empty where it does not.
 *
 * The data must be the same text, fields in order. Of errors it is where they take effect that must be the same: the
 * null in the data that explains them. graphql-js stops at the first error below a place that becomes null, a gateway
 * knows those of several systems and what was lost beside them, so below such a place the paths themselves may differ.
 * An error that is at the null itself must be where something really failed (`faults`), and none may be told twice.
 */
export function differences(
  gateway: Response,
  single: ExecutionResult,
  faults: ReadonlySet<string>,
): string[] {
  const found: string[] = [];
  const data = JSON.stringify(gateway.data);
  const expected = JSON.stringify(single.data);
  if (data !== expected) found.push(`data\n  is       ${data}\n  expected ${expected}`);
  const places = landings(gateway);
  const wanted = landings(single);
  for (const place of places) if (!wanted.has(place)) found.push(`an error without reason at ${place}`);
  for (const place of wanted) if (!places.has(place)) found.push(`no error at ${place}`);
  const paths = (gateway.errors ?? []).map((error) => JSON.stringify(error.path));
  for (const path of paths) {
    if (places.has(path) && !faults.has(path)) found.push(`an error at ${path}, where nothing failed`);
  }
  if (new Set(paths).size !== paths.length) found.push(`an error is told twice: ${paths.join(' ')}`);
  return found;
}

/** For each error the place that is null because of it. */
function landings(response: Response): ReadonlySet<string> {
  return new Set(
    (response.errors ?? []).map((error) => JSON.stringify(landing(response.data, error.path ?? []))),
  );
}

function landing(data: unknown, path: Path): Path {
  let value = data;
  for (const [depth, key] of path.entries()) {
    if (typeof value !== 'object' || value === null) return path.slice(0, depth);
    value = Reflect.get(value, key);
  }
  return path;
}
