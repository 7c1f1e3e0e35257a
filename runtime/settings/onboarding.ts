import { httpUrl, oneOf, type Setting } from './forms.ts';

/** How new customers are set up. */
export const onboardingSettings = {
  onboarding: {
    ...oneOf('auto', 'off'),
    initial: 'off',
    about: 'Whether an account that is new in the CRM is set up in all systems without being asked for.',
  },
  referenceUrl: {
    ...httpUrl,
    about:
      'Who says what a country demands of a new customer, and screens names; without it the embedded reference.',
  },
} satisfies Record<string, Setting>;
