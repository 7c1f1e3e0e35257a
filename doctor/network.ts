import type { Config } from '../runtime/config.ts';
import type { Http } from '../runtime/http.ts';
import { keysOf, type Issuer } from '../runtime/issuer.ts';
import { createPass } from '../runtime/pass.ts';
import { localDeveloper } from '../runtime/principal.ts';
import { writtenAs } from '../runtime/settings/origin.ts';
import { lookAtRedis } from '../events/index.ts';
import { clockOf } from './clock.ts';
import { fail, ok, warn, type Found } from './finding.ts';

/** Milliseconds for one answer. */
const patience = 5_000;
const limits = () => ({ timeout: patience, signal: AbortSignal.timeout(patience) });

/** The keys of an issuer of tokens, and its clock: tokens tell times by it. */
export async function issuerOf(issuer: Issuer, { send }: Http): Promise<readonly Found[]> {
  let clock: Found | undefined;
  try {
    const text = await keysOf(issuer, async (url) => {
      const asked = Date.now();
      const answer = await send('GET', url, { accept: 'application/json' }, null, limits());
      const theirs = Date.parse(answer.headers.date ?? '');
      if (!Number.isNaN(theirs))
        clock = clockOf(issuer.issuer, { asked, answered: Date.now(), theirs, exact: 1000 });
      return answer;
    });
    const { keys } = JSON.parse(text) as { readonly keys: readonly unknown[] };
    return [ok(`${issuer.issuer} publishes ${keys.length} keys`), ...(clock ? [clock] : [])];
  } catch {
    return [
      fail(
        `the keys of ${issuer.issuer} cannot be had: no token can be verified`,
        'Correct OIDC_ISSUER or OIDC_JWKS_URL, or let this machine reach it.',
      ),
    ];
  }
}

/** Redis, which may be away, and must not throw away what it was given to pass on. */
export async function redis(url: string): Promise<Found> {
  try {
    const { version, eviction } = await lookAtRedis(url);
    return eviction.startsWith('allkeys-')
      ? warn(
          `Redis ${version} may evict the changes that it passes on (${eviction}); they go by the database then, more slowly`,
          'Set its maxmemory-policy to noeviction, or to one for volatile keys.',
        )
      : ok(`Redis ${version} answers (${eviction})`);
  } catch {
    return warn(
      'Redis does not answer: changes go by the database alone, and nothing is lost',
      'Start it, correct REDIS_URL, or leave REDIS_URL out.',
    );
  }
}

/** A subgraph that another process has: whether it is there, and takes the pass of this one. */
export async function elsewhere(
  name: string,
  url: string,
  { post }: Http,
  secrets: Config['passSecret'],
): Promise<Found> {
  const setting = `${name.toUpperCase()}_URL`;
  const shown = writtenAs(url);
  try {
    const pass = secrets ? await createPass(secrets).headers(name, localDeveloper) : {};
    const headers = { 'content-type': 'application/json', ...pass };
    const answer = await post(new URL(url), headers, '{"query":"{ __typename }"}', limits());
    if (answer.status === 401)
      return fail(
        `${shown} does not take the pass of this process`,
        'Set PASS_SECRET to the same secret in both, and compare the clocks.',
      );
    const { data } = JSON.parse(answer.text) as { readonly data?: { readonly __typename?: unknown } };
    return data?.__typename === 'Query'
      ? ok(`${shown} answers`)
      : fail(`what is at ${shown} is no subgraph`, `Correct ${setting}.`);
  } catch {
    return fail(`${shown} does not answer`, `Start the process of ${name}, or correct ${setting}.`);
  }
}
