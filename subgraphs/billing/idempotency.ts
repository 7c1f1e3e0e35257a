import type { Db, Queryable } from '../../runtime/db/index.ts';
import type { Route } from '../sandbox/api.ts';
import type { WireRequest, WireResponse } from '../wire.ts';
import { error } from './answers.ts';

/** What a POST does, within the transaction that is given. An answer of 400 and above must have changed nothing. */
export type Effect = (
  tx: Queryable,
  request: WireRequest,
  parameters: Readonly<Record<string, string>>,
) => Promise<WireResponse>;

/**
 * Serves POSTs so that an `Idempotency-Key` has one effect: for 24 hours the same key and request give the stored
 * answer, that of a failure inside included; another request under the key is refused. A refusal of the parameters is
 * not stored: a request that is mended may use its key again. A key whose first request still runs gives 409.
 */
export function idempotent(db: Db) {
  return (effect: Effect): Route['serve'] =>
    async (request, parameters) => {
      const key = request.headers?.['idempotency-key'];
      if (key === undefined) return db.transaction((tx) => effect(tx, request, parameters));
      if (key === '' || key.length > 255) return badKey;
      const asked = { key, request: JSON.stringify([request.path, request.body ?? null]) };
      try {
        return await db.transaction(async (tx) => {
          const stored = await storedAnswer(tx, asked);
          if (stored) return stored;
          const answer = await effect(tx, request, parameters);
          if (answer.status < 400 && !(await store(tx, asked, answer))) throw taken;
          return answer;
        });
      } catch (cause) {
        if (cause === taken) return inUse;
        await store(db, asked, broken);
        return broken;
      }
    };
}

interface Asked {
  readonly key: string;
  /** Path and body, as JSON. */
  readonly request: string;
}

/** The same for requests that differ in the order of parameters only. */
const fingerprint = `encode(sha256(convert_to(($2::jsonb)::text, 'UTF8')), 'hex')`;
const expired = `created < clock_timestamp() - interval '24 hours'`;

async function storedAnswer(tx: Queryable, { key, request }: Asked): Promise<WireResponse | null> {
  await tx.query(
    `delete from billing_idempotency where ${expired} and (key = $1 or key in (
       select key from billing_idempotency where ${expired} limit 100 for update skip locked))`,
    [key],
  );
  const [stored] = await tx.query<{ same: boolean; status: number; body: unknown }>(
    `select fingerprint = ${fingerprint} as same, status, body from billing_idempotency where key = $1`,
    [key, request],
  );
  if (!stored) return null;
  if (!stored.same) return otherRequest;
  return {
    status: stored.status,
    headers: { ...broken.headers, 'idempotent-replayed': 'true' },
    body: stored.body,
  };
}

/** False where another request has the key. */
async function store(
  tx: Queryable,
  { key, request }: Asked,
  { status, body }: WireResponse,
): Promise<boolean> {
  const stored = await tx.query(
    `insert into billing_idempotency (key, fingerprint, status, body) values ($1, ${fingerprint}, $3, $4::jsonb)
     on conflict do nothing returning key`,
    [key, request, status, JSON.stringify(body)],
  );
  return stored.length > 0;
}

/** Undoes the transaction of a request whose key another one took meanwhile. */
const taken = new Error('another request has the idempotency key');

const badKey = error(400, {
  code: 'idempotency_key_invalid',
  message: 'Idempotency keys have 1 to 255 characters',
});
const otherRequest = error(400, {
  type: 'idempotency_error',
  code: 'idempotency_key_reused',
  message: 'Keys for idempotent requests can only be used with the same parameters they were first used with',
});
const inUse = error(409, {
  code: 'idempotency_key_in_use',
  message: 'Another request with this key is in progress',
});
const broken = error(500, { code: 'internal_error', message: 'Something went wrong on our side' });
