import type { RequestContext } from '../runtime/context.ts';
import { chunks, type Reader } from './reader.ts';
import type { Crossing } from './crossing.ts';

/** An exact decimal, and its ISO 4217 currency. */
interface Amount {
  readonly amount: string;
  readonly currency: string;
}

/** The sums of amounts by currency, in the order of the codes, with as many digits as the most exact of them. Pure. */
export function totalsOf(amounts: readonly Amount[]): readonly Amount[] {
  const groups = Map.groupBy(amounts, ({ currency }) => currency);
  return [...groups]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([currency, all]) => {
      const places = Math.max(...all.map(({ amount }) => (amount.split('.')[1] ?? '').length));
      const sum = all.reduce((total, { amount }) => total + scaled(amount, places), 0n);
      return { amount: decimal(sum, places), currency };
    });
}

function scaled(amount: string, places: number): bigint {
  const [whole = '', fraction = ''] = amount.split('.');
  return BigInt(`${whole}${fraction.padEnd(places, '0')}`);
}

function decimal(value: bigint, places: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  return `${value < 0n ? '-' : ''}${whole}${places > 0 ? `.${digits.slice(-places)}` : ''}`;
}

/** Calls to a system for one group at the same time: a large one leaves room for everybody else. */
const atOnce = 4;

/** Records of many entities as one system has them; those that it does not know are left out. */
export async function recordsOf<R extends object>(
  context: RequestContext,
  ids: readonly string[],
  { crossing, reader, fields, batch }: Read<R>,
): Promise<readonly Partial<R>[]> {
  const keys = (await crossing.keysOf(context, ids)).filter((key) => key !== null);
  const part = { fields, signature: fields.join() };
  const found: Partial<R>[] = [];
  for (const some of keys.length === 0 ? [] : chunks(keys, batch * atOnce)) {
    const records = await reader.records(context, some, part);
    for (const key of some) {
      const record = records.get(key)?.record;
      if (record) found.push(record);
    }
  }
  return found;
}

interface Read<R extends object> {
  readonly crossing: Crossing;
  readonly reader: Reader<R>;
  readonly fields: readonly (keyof R & string)[];
  /** Records that one call may ask for. */
  readonly batch: number;
}
