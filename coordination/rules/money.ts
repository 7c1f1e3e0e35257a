import { digitsOf } from '../../schema/codes.ts';
import { invalid, type MembersRule } from './rule.ts';

/** An amount has no more digits after the point than its currency. */
export const money: MembersRule = {
  reads: ['amount', 'currency'],
  check: ({ amount, currency }) => {
    const most = digitsOf(String(currency));
    if ((String(amount).split('.')[1] ?? '').length <= most) return { complaints: [] };
    return {
      complaints: [
        invalid(`Amounts of this currency have at most ${most} digits after the point.`, ['amount']),
      ],
    };
  },
};
