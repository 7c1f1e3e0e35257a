import { Failure } from '../failure.ts';
import type { Durability } from './port.ts';

/** What a server can lose, each as a sentence with its remedy; nothing where it keeps all that it has acknowledged. Pure. */
export function risksOf({ fsync, synchronousCommit, fullPageWrites }: Durability): string[] {
  return [
    ...(fsync
      ? []
      : ['the server runs with fsync off and can lose everything when its machine fails; set fsync = on.']),
    ...(synchronousCommit === 'off'
      ? [
          'the server runs with synchronous_commit off and can lose acknowledged writes; set synchronous_commit = on.',
        ]
      : []),
    ...(fullPageWrites
      ? []
      : [
          'the server runs with full_page_writes off and can be torn when its machine fails; set full_page_writes = on.',
        ]),
  ];
}

/**
 * Lets nobody begin on a server that can lose what was acknowledged.
 * @throws Failure STORE_UNAVAILABLE with all that it can lose
 */
export function requireDurable(durability: Durability): void {
  const risks = risksOf(durability);
  if (risks.length > 0)
    throw new Failure(
      'STORE_UNAVAILABLE',
      `The store is refused: ${risks.join(' Also, ')} DATABASE_DURABILITY=advised takes it nevertheless.`,
    );
}
