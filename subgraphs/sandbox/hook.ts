import { z } from 'zod';
import type { Queryable } from '../../runtime/db/index.ts';
import { webhookSecret } from '../../runtime/signature.ts';
import type { WireRequest, WireResponse } from '../wire.ts';
import { settled } from './settled.ts';

/** Something that was done in a sandbox, as its history has it. */
export interface Happening {
  /** A decimal number that grows. */
  readonly seq: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
  /** The table. */
  readonly entity: string;
  readonly key: string;
  readonly kind: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly version: string;
  /** The record after it. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** The message by which a system tells of something that was done in it, in its own words; null where it tells nobody. */
export type Message = (happening: Happening) => object | null;

const order = z.strictObject({ url: z.url({ protocol: /^https?$/ }), secret: webhookSecret });

/**
 * Where a sandbox sends messages of what is done in it: `GET`, `PUT {url, secret}` and `DELETE` of `/hooks`. What was done
 * before a first PUT is not told; a later one only changes where to and by which secret.
 */
export async function serveHook(
  db: Queryable,
  name: string,
  { method, body }: Pick<WireRequest, 'method' | 'body'>,
): Promise<Pick<WireResponse, 'status' | 'body'>> {
  switch (method) {
    case 'GET': {
      const [hook] = await db.query(
        `select url, sent, failures, due as "notBefore" from sandbox_hook where name = $1`,
        [name],
      );
      return hook ? { status: 200, body: hook } : { status: 404, body: { error: 'PUT {url, secret} first' } };
    }
    case 'PUT': {
      const asked = order.safeParse(body);
      if (!asked.success)
        return { status: 400, body: { error: asked.error.issues.map(({ message }) => message).join('; ') } };
      const { url, secret } = asked.data;
      const { seq } = await settled(db, name);
      await db.query(
        `insert into sandbox_hook as h (name, url, secret, sent) values ($1, $2, $3, $4)
         on conflict (name) do update set url = excluded.url, secret = excluded.secret, failures = 0,
           due = clock_timestamp()`,
        [name, url, secret, seq],
      );
      return { status: 200, body: { url } };
    }
    case 'DELETE':
      await db.query('delete from sandbox_hook where name = $1', [name]);
      return { status: 204, body: null };
    default:
      return { status: 405, body: { error: 'GET, PUT or DELETE' } };
  }
}
