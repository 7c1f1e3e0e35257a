import { fail, ok, warn, type Found } from './finding.ts';

/**
 * Whether this version of Node.js is one that the program runs on. Pure.
 * @param version such as `24.11.0`
 * @param least as package.json's `engines` has it, such as `>=22.18`
 */
export function nodeVersion(version: string, least: string): Found {
  const numbers = (text: string): readonly number[] => text.match(/\d+/g)?.map(Number) ?? [];
  const [have, need] = [numbers(version), numbers(least)];
  const at = need.findIndex((number, place) => number !== have[place]);
  return at < 0 || (have[at] ?? 0) > (need[at] ?? 0)
    ? ok(`Node.js ${version}`)
    : fail(`Node.js ${version}, and ${least} is needed`, 'Install a later Node.js.');
}

/** What of a configuration that may be started is not for production. Pure. */
export function exposure(config: {
  readonly nodeEnv: string;
  readonly graphiql: boolean;
  readonly introspection: boolean;
  readonly trustedDocuments: string;
}): Found {
  if (config.nodeEnv !== 'production')
    return ok(`NODE_ENV is ${config.nodeEnv}: the query page and introspection are for development`);
  const open = [
    ...(config.graphiql ? ['GRAPHIQL is on'] : []),
    ...(config.introspection ? ['INTROSPECTION is on'] : []),
    ...(config.trustedDocuments === 'only' ? [] : [`TRUSTED_DOCUMENTS is ${config.trustedDocuments}`]),
  ];
  return open.length === 0
    ? ok('only published documents are executed, and the schema is not shown')
    : warn(
        `in production ${open.join(', ')}`,
        'Set GRAPHIQL=off, INTROSPECTION=off and, where all clients are your own, TRUSTED_DOCUMENTS=only.',
      );
}
