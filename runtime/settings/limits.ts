import { whole, type Setting } from './forms.ts';

/** What one caller may take of this process. */
export const limitSettings = {
  requestTimeoutMs: {
    ...whole(50, 600_000, 'milliseconds'),
    initial: '2000',
    about: 'Longest time for one request; what has not arrived by then is null with a coded error.',
  },
  bodyLimitBytes: {
    ...whole(1024, 104_857_600, 'bytes'),
    initial: '1048576',
    about: 'Largest request body.',
  },
  subscriptionsPerPrincipal: {
    ...whole(1, 1_000_000),
    initial: '1000',
    about: 'Subscriptions that one caller may have at a time.',
  },
  subscriptionsPerConnection: {
    ...whole(1, 10_000),
    initial: '100',
    about: 'Operations that one WebSocket may have at a time.',
  },
  subscriptionConnections: {
    ...whole(1, 1_000_000),
    initial: '10000',
    about: 'Connections with subscriptions at a time, of all callers together.',
  },
  subscriptionInitMs: {
    ...whole(10, 600_000, 'milliseconds'),
    initial: '3000',
    about: 'How long a WebSocket may take to introduce itself.',
  },
  subscriptionPingMs: {
    ...whole(10, 600_000, 'milliseconds'),
    initial: '12000',
    about: 'How often a subscriber is pinged; one that has not answered by the next ping is gone.',
  },
  subscriptionSlowMs: {
    ...whole(10, 600_000, 'milliseconds'),
    initial: '10000',
    about:
      'How long a subscriber may take nothing of what waits for it before it is sent away with its cursor.',
  },
} satisfies Record<string, Setting>;
