import type { Db } from '../../runtime/db/index.ts';
import { keyColumns } from '../columns.ts';
import { takeTurn } from '../enrol.ts';
import { blocksOf } from './blocks.ts';
import type { Candidate } from './candidates.ts';

/** Customers that are put into blocks in one transaction. */
const most = 1000;

/**
 * Puts customers into blocks that are in none: those that were registered before there were blocks. Others are as they
 * are written. May be broken off at any time, and goes on where it was.
 * @returns how many there were
 */
export async function fillBlocks(db: Db, signal: AbortSignal): Promise<number> {
  let filled = 0;
  for (let full = true; full && !signal.aborted;) {
    const count = await db.transaction(async (tx) => {
      await takeTurn(tx);
      const bare = await tx.query<Candidate>(
        `select c.id, ${keyColumns.answered('c')} from identity_customer c
         where c.blocks is null and c.merged_into is null order by c.id limit ${most}`,
      );
      if (bare.length > 0)
        await tx.query(
          `update identity_customer c set blocks = f.blocks
           from json_to_recordset($1::json) as f (id uuid, blocks int8[]) where c.id = f.id`,
          [JSON.stringify(bare.map(({ id, ...keys }) => ({ id, blocks: blocksOf(keys) })))],
        );
      return bare.length;
    });
    filled += count;
    full = count === most;
  }
  return filled;
}
