import { setTimeout as pause } from 'node:timers/promises';

/** Waits until something is so; what never is fails by its own sentence before the test does by its time. */
export async function until(holds: () => boolean, within = 5000): Promise<void> {
  const end = Date.now() + within;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`Within ${within} ms it did not become true: ${String(holds)}`);
    await pause(5);
  }
}
