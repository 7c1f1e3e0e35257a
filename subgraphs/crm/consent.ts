import type { RequestContext } from '../../runtime/context.ts';
import { holds } from '../../runtime/principal.ts';
import type { ConsentState } from '../../schema/generated/crm.ts';

/** Whoever has to see addresses that a person does not want to be written to or called at. */
const withheld = ['customer:read:consent-withheld'];

/** What a contact is resolved from. */
interface Person {
  readonly email: string | null;
  readonly phone: string | null;
  readonly consent: Readonly<Record<'email' | 'phone', ConsentState>>;
}

/** A person who has refused a channel, or has withdrawn an agreement, has no address on it but for those who need it. */
export const consentResolvers = {
  Contact: { email: by('email'), phone: by('phone') },
};

function by(channel: 'email' | 'phone') {
  return (person: Person, _: unknown, { principal }: Pick<RequestContext, 'principal'>): string | null =>
    person.consent[channel] === 'DENIED' && !holds(principal, withheld) ? null : person[channel];
}
