import type { IncomingMessage, ServerResponse } from 'node:http';
import { isUsable } from '../../identity/enrol.ts';
import type { SystemName } from '../../identity/index.ts';
import type { Answer } from '../../runtime/apart.ts';
import { bytesOf } from '../../runtime/body.ts';
import type { Db } from '../../runtime/db/index.ts';
import { Failure } from '../../runtime/failure.ts';
import { sendProblem } from '../../runtime/problem.ts';
import { securityHeaders } from '../../runtime/security-headers.ts';
import { verdictOf, type Verdict } from '../../runtime/signature.ts';
import type { Metrics } from '../../runtime/telemetry.ts';
import type { Hint } from './hints.ts';
import { receive } from './receive.ts';

/** A record that a message is about. */
export type Hinted = Pick<Hint, 'key' | 'touched'>;

/** A system that sends messages of changes. */
export interface Sender {
  readonly system: SystemName;
  /** Any of them may have signed; none where absent, and then no message is taken. */
  readonly secrets: readonly string[];
  /** The records that a message's body is about; null for a body that is none of the system's. */
  readonly hinted: (body: unknown) => readonly Hinted[] | null;
}

export interface WebhookDoorOptions {
  readonly db: Db;
  /** By their names in the path. */
  readonly senders: ReadonlyMap<string, Sender>;
  /** Bytes of a message at most. */
  readonly bodyLimit: number;
  readonly metrics: Metrics;
}

/** How a message was met, as it is counted. */
type Outcome = 'stored' | 'replayed' | 'forged' | 'untimely' | 'unreadable' | 'too_large';

const refusals: Readonly<
  Record<Exclude<Outcome, 'stored' | 'replayed'>, readonly [Failure['code'], string]>
> = {
  forged: ['UNAUTHENTICATED', 'The message is not signed with the secret that was agreed on.'],
  untimely: [
    'UNAUTHENTICATED',
    'The time of the message is more than five minutes from ours; send it again with the time of sending.',
  ],
  unreadable: ['BAD_REQUEST', 'The body is no message of this system.'],
  too_large: ['BODY_TOO_LARGE', 'The message is too large; send less at a time.'],
};

/** Records of one message at most, and characters of its id. */
const [mostRecords, longestId] = [1000, 255];

/**
 * `POST /webhooks/<system>`: takes messages of changes that systems send, signed by Standard Webhooks. Answers 200 once a
 * message is stored, also one that was stored before; everything else has no effect. Other paths are for `others`.
 */
export function webhookDoor(options: WebhookDoorOptions, others: Answer): Answer {
  const { db, senders, bodyLimit, metrics } = options;
  const count = metrics.counter('webhooks_received_total', 'Messages of changes that systems sent.', [
    'system',
    'outcome',
  ]);

  async function take(sender: Sender, request: IncomingMessage): Promise<Outcome | 'gone'> {
    const body = await bytesOf(request, bodyLimit).catch(() => undefined);
    if (body === undefined) return 'gone';
    if (body === null) return 'too_large';
    const text = exactText(body);
    const verdict: Verdict = text === null ? 'FORGED' : verdictOf(sender.secrets, request.headers, text);
    if (verdict !== 'GENUINE' || text === null) return verdict === 'UNTIMELY' ? 'untimely' : 'forged';
    const id = String(request.headers['webhook-id']);
    const hints = sender.hinted(parsed(text));
    if (hints === null || hints.length > mostRecords || id.length > longestId) return 'unreadable';
    if (!hints.every(({ key }) => isUsable({ system: sender.system, key }))) return 'unreadable';
    return (await receive(db, sender.system, { id, hints })) === 'STORED' ? 'stored' : 'replayed';
  }

  return (request, response) => {
    const { url = '' } = request;
    // By far the most requests are others.
    if (!url.startsWith('/webhooks/')) return others(request, response);
    const [, name = ''] = /^\/webhooks\/([^/?]*)\/?(?:\?.*)?$/.exec(url) ?? [];
    return answer(name, request, response);
  };

  async function answer(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const sender = senders.get(name);
    if (!sender || sender.secrets.length === 0)
      throw new Failure('NOT_FOUND', 'No messages are taken from this system; there is no secret for it.');
    if (request.method !== 'POST') {
      response.setHeader('allow', 'POST');
      throw new Failure('METHOD_NOT_ALLOWED', 'Send messages by POST.');
    }
    const outcome = await take(sender, request);
    // Nobody waits for an answer.
    if (outcome === 'gone') return;
    count({ system: sender.system, outcome });
    if (outcome === 'stored' || outcome === 'replayed') {
      response.writeHead(200, ['content-type', 'application/json', ...securityHeaders]);
      response.end(JSON.stringify({ outcome }));
      return;
    }
    sendProblem(response, new Failure(...refusals[outcome]));
  }
}

/** The text of bytes, where it has no other bytes: what is signed is what came, not what was made of it. */
function exactText(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
