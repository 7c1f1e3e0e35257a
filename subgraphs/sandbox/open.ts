import type { Config } from '../../runtime/config.ts';
import type { Logger } from '../../runtime/telemetry.ts';
import type { Sandbox } from './api.ts';
import { serveSandboxes, type SandboxServer } from './server.ts';

/** Serves the sandboxes' own APIs on the loopback interface; null where none are to be served. */
export async function openSandboxes(
  config: Config,
  sandboxes: readonly Sandbox[],
  logger: Logger,
): Promise<SandboxServer | null> {
  if (config.sandboxPort === 'off' || sandboxes.length === 0) return null;
  return serveSandboxes({
    sandboxes,
    host: '127.0.0.1',
    port: config.sandboxPort,
    report: (error) => {
      logger.error('A sandbox failed.', { error });
    },
  });
}
