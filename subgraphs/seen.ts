import { encodeCursor, pageLimit } from '../runtime/cursor.ts';
import type { RequestContext } from '../runtime/context.ts';
import { Failure } from '../runtime/failure.ts';
import type { Listed, Local } from './lens.ts';
import { cut, type Page, type PageArgs } from './page.ts';
import type { Reader } from './reader.ts';
import type { Crossing } from './crossing.ts';

/** Rows below one record that are looked through at most. */
const most = 10_000;

interface Around {
  readonly reader: Pick<Reader<object>, 'rows'>;
  readonly crossing: Crossing;
}

/**
 * A page of a list of entities for a caller who sees some of them only: all rows are looked through, so that neither a
 * page nor the count tells how many others there are. Rows that are no entities are not known here.
 */
export async function seenPage(
  { reader, crossing }: Around,
  context: RequestContext,
  { of, where, node }: Listed<never, unknown, never>,
  parent: string,
  args: PageArgs,
): Promise<Page<Local>> {
  const found: Local[] = [];
  let after: string | null = null;
  for (let looked = 0; ;) {
    const page = await reader.rows(context, of, parent, { first: pageLimit, after }, where(args as never));
    found.push(...page.rows.map(({ row }) => node(row as never) as Local));
    looked += page.rows.length;
    const last = page.rows.at(-1);
    if (!page.hasNext || !last) break;
    if (looked >= most)
      throw new Failure(
        'FORBIDDEN',
        `There are more than ${most} entries to choose from, of which you see some.`,
      );
    after = encodeCursor(of, last.position);
  }
  const ids = await Promise.all(found.map(({ localKey }) => crossing.idOf(context, localKey)));
  // A list of its own: a place in it is none in that of all.
  return cut(
    `${of} seen`,
    found.filter((_, i) => ids[i] !== null),
    args,
  );
}
