import { oneOf, whole, type Setting } from './forms.ts';

/** How copies of values are kept as their owners have them. */
export const driftSettings = {
  driftPolicy: {
    ...oneOf('ask', 'repair'),
    initial: 'ask',
    about:
      'What is done about a copy that is not as its owner has the value: a steward is asked, or the value is copied again.',
  },
  driftSweepHours: {
    ...whole(0, 8760, 'hours'),
    initial: '0',
    about:
      'How often all copies of values are compared with their owners; 0 for never by itself. What a system tells is compared at once.',
  },
} satisfies Record<string, Setting>;
