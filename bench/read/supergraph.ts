import { readFileSync } from 'node:fs';
import { subgraphNames, type SubgraphName } from './memory.ts';

/** Address of a subgraph. */
export type UrlOf = (name: SubgraphName) => string;

/** The committed supergraph, with the places where the subgraphs are in this run. */
export function supergraphAt(urlOf: UrlOf): string {
  const text = readFileSync(new URL('../../schema/generated/supergraph.graphql', import.meta.url), 'utf8');
  return subgraphNames.reduce((sdl, name) => {
    const place = new RegExp(`(@join__graph\\(name: "${name}", url: )"[^"]*"`);
    if (!place.test(sdl)) throw new Error(`the supergraph has no subgraph "${name}"`);
    return sdl.replace(place, `$1"${urlOf(name)}"`);
  }, text);
}

/** The same without the features that only say who may read what: @apollo/gateway refuses a supergraph that has them. */
export const withoutSecurity = (supergraph: string): string =>
  supergraph.replaceAll(/ @link\(url: "[^"]*", for: SECURITY\)/g, '');
