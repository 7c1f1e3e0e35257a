import type { Config } from '../../runtime/config.ts';
import type { SocketLimits } from '../../runtime/streaming/sockets.ts';

/** What subscribers may take of this process. */
export interface StreamLimits extends Omit<SocketLimits, 'message'> {
  /** Operations at a time on one connection. */
  readonly perConnection: number;
  /** Subscriptions at a time of one principal. */
  readonly perPrincipal: number;
  /** Connections with streams at a time, of all together. */
  readonly connections: number;
}

/** The limits that the settings say. */
export function streamLimits(config: Config): StreamLimits {
  return {
    init: config.subscriptionInitMs,
    ping: config.subscriptionPingMs,
    slow: config.subscriptionSlowMs,
    perConnection: config.subscriptionsPerConnection,
    perPrincipal: config.subscriptionsPerPrincipal,
    connections: config.subscriptionConnections,
  };
}

export const defaultStreamLimits: StreamLimits = {
  init: 3000,
  ping: 12_000,
  slow: 10_000,
  perConnection: 100,
  perPrincipal: 1000,
  connections: 10_000,
};
