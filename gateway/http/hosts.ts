import { refuse, type HttpRefusal } from './refusal.ts';

/** Names under which a door on the loopback interface may be addressed. */
export const loopbackHosts: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/** Whether an address to listen on is reached from this machine only. */
export const isLoopback = (host: string): boolean =>
  loopbackHosts.some((name) => name === host || name === `[${host}]`);

/**
 * A check of the `Host` header against the names that the door answers to, whatever the port. A page of another site
 * whose name was pointed at this machine (DNS rebinding) counts as same-origin to its browser, and is found out here.
 * An empty list admits every name.
 */
export function hostCheck(names: readonly string[]): (host: string | undefined) => HttpRefusal | undefined {
  const refusal = refuse(
    403,
    'HOST_NOT_ALLOWED',
    `This address is served under the host names ${names.join(', ')} only; use one of them.`,
  );
  if (names.length === 0) return () => undefined;
  const admitted = new Set(names);
  return (host) => {
    if (host === undefined) return refusal;
    const colon = host.lastIndexOf(':');
    const name = colon > host.lastIndexOf(']') ? host.slice(0, colon) : host;
    return admitted.has(name.toLowerCase()) ? undefined : refusal;
  };
}
