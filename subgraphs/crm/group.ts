import DataLoader from 'dataloader';
import type { RequestContext } from '../../runtime/context.ts';
import { callOf } from '../call.ts';
import type { Connector } from '../connector.ts';
import type { Guard, Reader } from '../reader.ts';
import type { Account, AccountRows } from './account.ts';

/** How far a group is followed, up and down. */
const mostLevels = 20;
/** Customers of a group at most. */
const mostMembers = 10_000;
/** Accounts that one call lists below each of those that it asks for. */
const pageSize = 1_000;

/** Accounts of a group, the topmost first and then level by level, and whether they are all. */
interface Members {
  readonly keys: readonly string[];
  readonly complete: boolean;
}

/** The way through groups of accounts; all that is asked for on one level goes to the CRM in one call. */
export function groupsOf(
  connector: Connector<Account, AccountRows>,
  guard: Guard,
  reader: Pick<Reader<Account>, 'record'>,
) {
  const memo = {};
  const upwards = { fields: ['ParentId'], signature: 'ParentId' } as const;

  const listed = (context: RequestContext, parents: readonly string[], after: string | null) =>
    guard(
      context,
      (signal) =>
        connector.list('Account', { parents, first: pageSize, after, where: {} }, callOf(context, signal)),
      { retry: true },
    );

  /** The keys below an account; more than a group may have are not read. */
  async function below(context: RequestContext, parents: readonly string[]): Promise<string[][]> {
    const pages = await listed(context, parents, null);
    return Promise.all(
      parents.map(async (parent) => {
        const found: string[] = [];
        for (let page = pages.get(parent); page;) {
          found.push(...page.rows.map(({ row }) => row.Id));
          const last = page.rows.at(-1);
          if (!page.hasNext || !last || found.length > mostMembers) break;
          page = (await listed(context, [parent], last.position)).get(parent);
        }
        return found;
      }),
    );
  }

  const children = (context: RequestContext) =>
    context.memo(
      memo,
      () =>
        new DataLoader<string, string[]>((parents) => below(context, parents), {
          maxBatchSize: connector.capabilities.batchSize,
        }),
    );

  return {
    /** The account at the top; null where there is none within 20 levels, as in a circle. */
    async top(context: RequestContext, key: string): Promise<string | null> {
      let at = key;
      for (let level = 0; level < mostLevels; level++) {
        const parent = (await reader.record(context, { key: at, ...upwards }))?.record.ParentId ?? null;
        if (parent === null) return at;
        at = parent;
      }
      return null;
    },

    async members(context: RequestContext, key: string): Promise<Members> {
      const seen = new Set([key]);
      let level = [key];
      for (let depth = 1; level.length > 0; depth++) {
        const next = (await children(context).loadMany(level)).flatMap((found) => {
          if (found instanceof Error) throw found;
          return found.filter((one) => !seen.has(one));
        });
        if (depth === mostLevels) return { keys: [...seen], complete: next.length === 0 };
        for (const one of next) seen.add(one);
        if (seen.size > mostMembers) return { keys: [...seen].slice(0, mostMembers), complete: false };
        level = next;
      }
      return { keys: [...seen], complete: true };
    },
  };
}
