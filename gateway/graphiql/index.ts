import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { securityHeaders } from '../../runtime/security-headers.ts';

/** An operation that the page opens with, in a tab of its own. */
export interface Example {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

export interface GraphiqlOptions {
  /** Path of the GraphQL endpoint that the page asks. */
  readonly endpoint: string;
  readonly examples: readonly Example[];
  /** Whether operations take a token, which is then asked for among the headers of each tab. */
  readonly authenticated?: boolean;
}

type Page = (request: IncomingMessage, response: ServerResponse) => void;

const folder = join(import.meta.dirname, 'dist');

/** The query page, what it loads, and the addresses that lead to it, by path. Nothing on it comes from, or asks, another origin. */
export function graphiqlPages(options: GraphiqlOptions): ReadonlyMap<string, Page> {
  const version = readFileSync(join(folder, 'inputs'), 'utf8').slice(0, 16);
  const settings = JSON.stringify(options).replaceAll('<', '\\u003c');
  return new Map([
    ['/', redirect],
    [options.endpoint, redirect],
    ['/graphiql', page(version, settings)],
    ['/graphiql/graphiql.js', asset('graphiql.js', 'text/javascript; charset=utf-8')],
    ['/graphiql/graphiql.css', asset('graphiql.css', 'text/css; charset=utf-8')],
  ]);
}

const redirect: Page = (_request, response) => {
  response.writeHead(302, ['location', '/graphiql', 'content-length', '0', ...securityHeaders]).end();
};

function page(version: string, settings: string): Page {
  return (_request, response) => {
    const nonce = randomBytes(16).toString('base64');
    response
      .writeHead(200, [
        ...securityHeaders,
        ...['content-type', 'text/html; charset=utf-8', 'cross-origin-opener-policy', 'same-origin'],
        'content-security-policy',
        [
          "default-src 'none'",
          `script-src 'nonce-${nonce}'`,
          `style-src 'self' 'nonce-${nonce}'`,
          "img-src 'self' data:",
          "connect-src 'self'",
          "base-uri 'none'",
          "form-action 'none'",
          "frame-ancestors 'none'",
        ].join('; '),
      ])
      .end(html(version, nonce, settings));
  };
}

function html(version: string, nonce: string, settings: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>GraphiQL</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="/graphiql/graphiql.css?${version}" />
  </head>
  <body>
    <div id="graphiql"><noscript>This page needs JavaScript.</noscript></div>
    <script type="application/json" id="settings">${settings}</script>
    <script src="/graphiql/graphiql.js?${version}" nonce="${nonce}"></script>
  </body>
</html>
`;
}

/** A file of the bundle. Its address changes with the bundle, so that it may be kept for ever. */
function asset(name: string, contentType: string): Page {
  let packed: Buffer | undefined;
  return (request, response) => {
    const gzip = request.headers['accept-encoding']?.includes('gzip') === true;
    const body = gzip
      ? (packed ??= gzipSync(readFileSync(join(folder, name))))
      : readFileSync(join(folder, name));
    response
      .writeHead(200, {
        'content-type': contentType,
        'content-length': body.length,
        ...(gzip ? { 'content-encoding': 'gzip' } : {}),
        'cache-control': 'public, max-age=31536000, immutable',
        'cross-origin-resource-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
        vary: 'accept-encoding',
        'x-content-type-options': 'nosniff',
      })
      .end(body);
  };
}
