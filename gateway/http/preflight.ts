import type { IncomingHttpHeaders } from 'node:http';
import { refuse, type HttpRefusal } from './refusal.ts';

/** Headers that no web page can send to another origin without asking first (a CORS preflight, which we refuse). */
const proofs = [
  'x-apollo-operation-name',
  'apollo-require-preflight',
  'graphql-require-preflight',
  'x-correlation-id',
  'x-explain',
] as const;

const refusal = refuse(
  400,
  'CSRF_PREVENTED',
  'A page of another site could have sent this GET request: add a header such as "graphql-require-preflight: 1", or use POST with "content-type: application/json".',
);

/**
 * Cross-site request forgery: whether a GET request could come from a page of another site without its browser asking
 * us first. POST needs no such check: only `application/json` is read, which browsers do not send to other sites
 * without asking. A GET request is executed when one of these holds, and only then:
 * - it has one of the headers above;
 * - the browser says that our own page sent it: `Sec-Fetch-Site: same-origin` (pages cannot set `Sec-` headers);
 * - it has `Sec-Fetch-Mode: cors` but no `Sec-Fetch-Site`: browsers send both or neither, so that this is a program
 *   (the fetch of Node.js and other run-times).
 * `Accept` is no proof, since pages may choose it freely in a request that needs no preflight.
 */
export function forgeable(headers: IncomingHttpHeaders): HttpRefusal | undefined {
  const site = headers['sec-fetch-site'];
  if (site === 'same-origin') return undefined;
  if (site === undefined && headers['sec-fetch-mode'] === 'cors') return undefined;
  return proofs.some((name) => headers[name] !== undefined && headers[name] !== '') ? undefined : refusal;
}
