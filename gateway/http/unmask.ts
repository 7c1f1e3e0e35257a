import type { IncomingHttpHeaders } from 'node:http';
import { holds, type Principal } from '../../runtime/principal.ts';
import { refuse, type HttpRefusal } from './refusal.ts';

/** Who has it may be shown personal data whole, one request at a time, by saying why. */
export const unmaskScope = 'customer:unmask';

const badReason = refuse(
  400,
  'BAD_REQUEST',
  'The header X-Unmask-Reason must be 10 to 500 characters that say why personal data is needed.',
);
const notAllowed = refuse(
  403,
  'FORBIDDEN',
  `The header X-Unmask-Reason is for who has the scope ${unmaskScope}; leave it out, and personal data comes masked.`,
);

/** Why personal data is to be shown whole, for the audit; null where nobody asks for that. In UTF-8. */
export function unmaskReasonOf(
  headers: IncomingHttpHeaders,
  principal: Principal,
): string | null | HttpRefusal {
  const given = headers['x-unmask-reason'];
  if (given === undefined) return null;
  const reason = Buffer.from([given].flat().join(', '), 'latin1').toString('utf8').trim();
  if (/\p{Cc}|\ufffd/u.test(reason) || reason.length < 10 || reason.length > 500) return badReason;
  return holds(principal, [unmaskScope]) ? reason : notAllowed;
}
