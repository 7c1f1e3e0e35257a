import { randomUUID } from 'node:crypto';
import { signedHeaders } from '../../runtime/signature.ts';
import type { Change } from '../change.ts';

/** Something to be sent to an endpoint; the same in every attempt. */
export interface Message {
  /** Goes into `webhook-id`: a receiver that has seen it has seen the message. */
  readonly id: string;
  /** A CloudEvents event in structured mode, as JSON. */
  readonly body: string;
}

/**
 * A change as an event of CloudEvents 1.0. It names attributes, as far as `readable` has them, and never a value: whoever
 * wants one asks the graph. Pure.
 * @param epoch names the log
 * @param cursor of the change
 */
export function messageOf(
  { position, at, entity, entityId, kind, system, version, previousVersion, attributes, cause }: Change,
  epoch: string,
  cursor: string,
  readable: ReadonlySet<string>,
): Message {
  const id = `${epoch}/${position}`;
  const time = new Date(at).toISOString();
  const name = entity.charAt(0).toLowerCase() + entity.slice(1);
  const event = {
    specversion: '1.0',
    id,
    source: sourceOf(epoch),
    type: `${name}.${kind.toLowerCase()}`,
    subject: entityId,
    time,
    datacontenttype: 'application/json',
    // As the contract's type of a change has it.
    data: {
      ...{ cursor, position, at: time, kind, system, version, previousVersion },
      attributes: attributes.filter((one) => readable.has(one)).map((one) => ({ name: one, owner: system })),
      cause,
      [name]: { id: entityId },
    },
  };
  return { id, body: JSON.stringify(event) };
}

/** A message that says nothing, to see whether it arrives. */
export function testMessage(epoch: string, endpoint: string, now: Date): Message {
  const id = `test/${randomUUID()}`;
  const event = {
    specversion: '1.0',
    id,
    source: sourceOf(epoch),
    type: 'webhook.test',
    subject: endpoint,
    time: now.toISOString(),
    datacontenttype: 'application/json',
    data: { webhook: { id: endpoint } },
  };
  return { id, body: JSON.stringify(event) };
}

/** The headers of one attempt, by Standard Webhooks: signed with every secret that counts. */
export function headersOf(
  { id, body }: Message,
  secrets: readonly string[],
  at: Date,
): Record<string, string> {
  return {
    'content-type': 'application/cloudevents+json; charset=utf-8',
    'user-agent': 'customer-graph-webhooks/1',
    ...signedHeaders(secrets, { id, at, body }),
  };
}

/** The log is the source of what is told: with the position it names a change for ever. */
const sourceOf = (epoch: string): string => `urn:uuid:${epoch}`;
