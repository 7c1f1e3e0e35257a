import { looking } from '../../runtime/looking.ts';
import { drive, type DriveOptions } from './drive.ts';

export interface WorkerOptions extends DriveOptions {
  /** Workflows that this process carries on at a time. */
  readonly concurrency: number;
  /** Milliseconds between two looks for those that are due. */
  readonly interval: number;
  /** Told of a drive that ended by a fault; its workflow is taken up again when its lease is over. */
  readonly failed: (error: unknown) => void;
}

/** Carries on workflows, of this process and of others. */
export interface Worker {
  /** Looks for due workflows at once. */
  look(): void;
  /** Takes up nothing more, and waits for what runs. */
  stop(): Promise<void>;
}

export function startWorker(options: WorkerOptions): Worker {
  const { store, concurrency, interval, failed } = options;
  const drives = new Set<Promise<void>>();
  let stopped = false;

  async function lookOnce(): Promise<void> {
    const room = concurrency - drives.size;
    if (room < 1) return;
    for (const held of await store.claim(room)) {
      const done = drive(held, options)
        .catch(failed)
        .then(() => {
          drives.delete(done);
          look();
        });
      drives.add(done);
    }
  }

  const looks = looking({ look: lookOnce, failed, stopped: () => stopped });
  const look = (): void => void looks.look();
  const looker = setInterval(look, interval);

  return {
    look,
    async stop() {
      stopped = true;
      clearInterval(looker);
      await looks.done();
      await Promise.all(drives);
    },
  };
}
