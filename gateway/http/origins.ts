import { refuse, type HttpRefusal } from './refusal.ts';

/** Cross-origin resource sharing for a list of origins; with an empty list no other origin reads an answer. */
export interface Origins {
  /** Headers for the answer to a request of this origin. */
  headersFor(origin: string | undefined): readonly string[];
  /** The answer to a preflight. */
  preflight(origin: string | undefined): HttpRefusal | readonly string[];
}

const none: readonly string[] = [];

const asked = [
  'access-control-allow-methods',
  'GET, POST',
  'access-control-allow-headers',
  'content-type, authorization, x-correlation-id, traceparent, idempotency-key, x-explain, graphql-require-preflight, apollo-require-preflight, x-apollo-operation-name',
  'access-control-max-age',
  '600',
];

/** @param allowed exact origins, e.g. `https://app.example.com` */
export function createOrigins(allowed: readonly string[]): Origins {
  const granted = new Map(
    allowed.map((origin) => [
      origin,
      [
        'access-control-allow-origin',
        origin,
        'access-control-expose-headers',
        'x-correlation-id, retry-after, www-authenticate, ratelimit, ratelimit-policy',
        'vary',
        'origin',
      ],
    ]),
  );
  const headersFor = (origin: string | undefined): readonly string[] =>
    origin === undefined ? none : (granted.get(origin) ?? none);
  return {
    headersFor,
    preflight(origin) {
      const headers = headersFor(origin);
      if (headers.length > 0) return [...headers, ...asked];
      return refuse(
        403,
        'ORIGIN_NOT_ALLOWED',
        'Pages of this origin may not ask; add it to the allowed origins.',
      );
    },
  };
}
