import type { Change } from '../change.ts';
import type { Delivery } from './endpoint.ts';
import type { Held, Journal } from './journal.ts';
import type { Message } from './message.ts';
import type { Send } from './send.ts';
import { judge, type Patience } from './verdict.ts';

/** Every place between two statements that touch the world, where a process may end. */
export const boundaries = ['claimed', 'sent', 'settled', 'left'] as const;
export type Boundary = (typeof boundaries)[number];

export interface DeliverOptions {
  readonly journal: Journal;
  readonly send: Send;
  readonly patience: Patience;
  /** Milliseconds for one attempt; less than a third of the lease. */
  readonly timeout: number;
  /** Aborted where nothing more may be sent, and nothing is waited for. */
  readonly gone: AbortSignal;
  /** Whether nothing new may be sent. */
  readonly stopped: () => boolean;
  /** The message that tells an endpoint of a change. */
  readonly messageFor: (held: Held, change: Change) => Message;
  /** Told of each attempt. */
  readonly attempted: (delivery: Delivery) => void;
  /** Called at each boundary; what it throws ends the delivery as the end of the process would. */
  readonly at: (boundary: Boundary) => void | Promise<void>;
}

/** What an endpoint is to be told. */
export interface Load {
  readonly held: Held;
  /** In order; at least one. */
  readonly changes: readonly Change[];
  /** Nothing else up to here concerns the endpoint. */
  readonly until: string;
}

/**
 * Tells an endpoint of changes, each after the one before has arrived, until one does not arrive or the endpoint is in
 * other hands. What was sent and not stored is sent again, under the same id.
 */
export async function deliver(
  { held: claimed, changes, until }: Load,
  options: DeliverOptions,
): Promise<void> {
  const { journal, send, patience, timeout, gone, stopped, messageFor, attempted, at } = options;
  let held = claimed;
  let { failed } = claimed;
  for (const [i, change] of changes.entries()) {
    // Nobody may find its lease over while something is under way to it.
    const inTime = held.leaseEnds - performance.now() > timeout * 1.5;
    if (stopped() || !inTime) return journal.leave([held], null);
    const message = messageFor(held, change);
    const sent = await send(held.endpoint.url, message, held.secrets, timeout, gone);
    if (!sent) return journal.leave([held], null);
    await at('sent');
    const { status, problem, took, at: sentAt } = sent;
    const { position } = change;
    const delivery: Delivery = { messageId: message.id, position, at: sentAt, took, status, problem };
    attempted(delivery);
    const last = i === changes.length - 1;
    const verdict = judge(sent, failed, patience, Math.random);
    const kept = await journal.settle(held, {
      ...{ delivery, verdict },
      position: last ? until : position,
      keep: !last,
    });
    await at('settled');
    if (!kept) return;
    held = kept;
    failed = { times: 0, since: 0 };
  }
}
