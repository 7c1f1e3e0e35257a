import type { Difference } from './compare.ts';

/** What is done about a copy that differs: the owner's value is written again, or a person is asked. */
export type DriftPolicy = 'repair' | 'ask';

/** How a difference came to light: by comparing, or because the system told of a change that is not its own to make. */
export type DriftKind = 'DRIFT' | 'OWNERSHIP_VIOLATION';

/**
 * `TO_REPAIR` waits for the owner's value to be ordered, `ORDERED` for the write to be looked at, `ASKED` for a person;
 * `IGNORED` is to stay as it is.
 */
export type DriftState = 'TO_REPAIR' | 'ORDERED' | 'ASKED' | 'IGNORED';

/** What is known of a difference. */
export interface Known extends Pick<Difference, 'ownerPrint' | 'copyPrint'> {
  readonly state: DriftState;
}

/**
 * What becomes of a difference that was seen while no write is in flight; null where it stays as it is known. Pure.
 * One that a write was to put right, and that is as it was, cannot be put right without a person.
 */
export function verdictOn(
  known: Known | null,
  { ownerPrint, copyPrint }: Pick<Difference, 'ownerPrint' | 'copyPrint'>,
  policy: DriftPolicy,
): 'TO_REPAIR' | 'ASKED' | null {
  const first = policy === 'repair' ? 'TO_REPAIR' : 'ASKED';
  if (known === null) return first;
  const same = known.ownerPrint === ownerPrint && known.copyPrint === copyPrint;
  switch (known.state) {
    case 'TO_REPAIR':
    case 'ASKED':
      return null;
    case 'ORDERED':
      return same ? 'ASKED' : first;
    case 'IGNORED':
      return same ? null : first;
  }
}
