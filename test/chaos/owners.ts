import { openDb } from '../../runtime/db/index.ts';
import { drawsOf } from '../../subgraphs/seed/population/draws.ts';
import type { Notice, OwnersOrder } from './messages.ts';
import { forgetful, plant } from './mutants.ts';

/** The systems of record, in a process that nobody kills: their history is the truth. Ends with its starter. */
process.once('disconnect', () => process.exit());
const { seed, keyless } = JSON.parse(process.argv[2] ?? '') as OwnersOrder;
const isPlanted = plant(keyless ? forgetful : []);
// Not before they forget.
const { systems } = await import('../../subgraphs/index.ts');
const { serveSandboxes } = await import('../../subgraphs/sandbox/server.ts');
const { prepared } = await import('../../subgraphs/store.ts');
isPlanted();
const { db } = await prepared(await openDb({}));
const { url } = await serveSandboxes({
  sandboxes: systems.map(({ sandbox }, i) => {
    const draws = drawsOf(seed, 2, i);
    return sandbox(db, () => draws.between(0, 999_999) / 1_000_000);
  }),
  host: '127.0.0.1',
  port: 0,
  report: (error) => process.stderr.write(`${String(error)}\n`),
});
process.send?.({ notice: 'ready', url } satisfies Notice);
