import { oneOf, whole, type Setting } from './forms.ts';

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
  tokenLimit: {
    ...whole(100, 1_000_000),
    initial: '5000',
    about: 'Lexical tokens of one document; a longer one is not even parsed.',
  },
  depthLimit: {
    ...whole(1, 1000),
    initial: '15',
    about: "Levels of fields of one operation, the root's included.",
  },
  aliasLimit: { ...whole(0, 100_000), initial: '50', about: 'Aliases in one operation.' },
  rootFieldLimit: { ...whole(1, 10_000), initial: '20', about: 'Root fields of one operation.' },
  directiveLimit: { ...whole(0, 100_000), initial: '100', about: 'Directives in one operation.' },
  fieldLimit: {
    ...whole(1, 1_000_000),
    initial: '10000',
    about: 'Fields of one operation, counted as often as their fragments are spread.',
  },
  costLimit: {
    ...whole(1, 1_000_000_000),
    initial: '20000',
    about: 'Cost of one operation: an object costs 1, a list what it may hold times what it selects of each.',
  },
  costBudgetPerMinute: {
    ...whole(0, 1_000_000_000),
    initial: '2000000',
    about: 'Cost that one caller may spend in a minute, in each process; 0 for no budget.',
  },
  trustedDocuments: {
    ...oneOf('off', 'log', 'only'),
    initial: 'off',
    about:
      'Whether documents that were not published are executed: off as any, log with a warning, only not at all.',
  },
} satisfies Record<string, Setting>;
