import type { Refine } from './rule.ts';

/** A web address that may be shown to anybody: one with a user or a password in it may not. */
export const url: Refine = (text) => {
  const { username, password } = new URL(text);
  if (username !== '' || password !== '')
    return { wrong: 'Give the web address without a user and a password.' };
  return { written: text };
};
