/** Where something is within a value: names of members and places in lists. */
export type Path = readonly (string | number)[];

/** One thing that is wrong with a value. The message says what to give instead, and never repeats the value. */
export interface Complaint {
  readonly path: Path;
  readonly code: 'INVALID_VALUE' | 'TOO_LARGE';
  readonly message: string;
}

/** A value in the form in which it is written; as it was given where there are complaints. */
export interface Checked {
  readonly value: unknown;
  readonly complaints: readonly Complaint[];
}

/** Checks any JSON; total, and what it gives it takes as it is. */
export type Rule = (value: unknown) => Checked;

/** What a write asks of a text beyond its scalar's own form; gives the form in which it is written. */
export type Refine = (text: string) => { readonly written: string } | { readonly wrong: string };

export type Members = Readonly<Record<string, unknown>>;

/** A rule over members of one object. It runs when each member that it reads is well on its own. */
export interface MembersRule {
  readonly reads: readonly string[];
  readonly check: (members: Members) => MembersChecked;
}

export interface MembersChecked {
  /** Members in the form in which they are written; those that stay as they are may be left out. */
  readonly written?: Members;
  readonly complaints: readonly Complaint[];
}

const none: readonly Complaint[] = [];

/** The value is well, in this form. */
export function well(value: unknown): Checked {
  return { value, complaints: none };
}

/** The value is refused as a whole. */
export function wrong(value: unknown, message: string): Checked {
  return { value, complaints: [invalid(message)] };
}

export function invalid(message: string, path: Path = []): Complaint {
  return { path, code: 'INVALID_VALUE', message };
}

export function tooLarge(message: string, path: Path = []): Complaint {
  return { path, code: 'TOO_LARGE', message };
}

/** Complaints of a part of a value, as complaints of the value. */
export function within(step: string | number, complaints: readonly Complaint[]): readonly Complaint[] {
  return complaints.map((complaint) => ({ ...complaint, path: [step, ...complaint.path] }));
}

export function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
