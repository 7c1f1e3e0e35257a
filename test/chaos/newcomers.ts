import type { Values } from '../../coordination/write.ts';
import { drawsOf } from '../../subgraphs/seed/population/draws.ts';
import type { Account } from './records.ts';
import type { Onboarding } from './said.ts';

/** A customer that is to be onboarded. */
export interface Newcomer {
  /** Index of the write with which it is sent. */
  readonly index: number;
  /** Its idempotency key: the same in every try. */
  readonly key: string;
  /** One that sales has made an account for; null where that is made as well. */
  readonly account: Account | null;
  readonly values: Values;
  readonly course: Course;
}

/**
 * `PLAIN`: nothing is wrong with it. `GIVEN_UP`: the ERP refuses its part, and a person ends it. `MENDED`: a system refuses
 * its part, and a person gives another value. `CANCELLED`: a person wants its end while the ERP makes its customer. `LEFT`:
 * the billing system refuses its part, and nobody comes.
 */
export type Course = 'PLAIN' | 'GIVEN_UP' | 'MENDED' | 'CANCELLED' | 'LEFT';

/** Every course comes round, however few they are. */
const courses: readonly Course[] = ['PLAIN', 'CANCELLED', 'GIVEN_UP', 'MENDED', 'LEFT', 'CANCELLED', 'PLAIN'];

/** Writes to every newcomer. */
const share = 10;

export interface NewcomersOrder {
  readonly writes: number;
  readonly seed: number;
  /** Some of the newcomers have one of these, each another one. */
  readonly accounts: readonly Account[];
}

/** Customers to be onboarded among so many writes. */
export function newcomersAmong(writes: number): number {
  return Math.floor(writes / share);
}

/** New customers of all courses, the same for the same seed. */
export function newcomers({ writes, seed, accounts }: NewcomersOrder): readonly Newcomer[] {
  const left = [...accounts];
  return Array.from({ length: newcomersAmong(writes) }, (_, i): Newcomer => {
    const draws = drawsOf(seed, 5, i);
    const course = courses[(i + seed) % courses.length] ?? 'PLAIN';
    const refusing = course === 'MENDED' ? draws.pick(['ERP', 'BILLING']) : refusedBy[course];
    const number = String(i + 1).padStart(7, '0');
    // Nothing that two of them share makes them look like one.
    const name = draws.pattern('@@@@@@@@ @@@@@@ @@@@@@@');
    return {
      index: i * share,
      key: `chaos-${seed}-n${number}`,
      account: draws.chance(0.4) ? (left.pop() ?? null) : null,
      course,
      values: {
        name,
        country: 'US',
        taxRegistrations: [
          { country: 'US', kind: 'EIN', number: `91${number}`, validFrom: null, validTo: null },
        ],
        billingAddress: {
          lines: [`${i + 1} ${draws.pattern('@@@@@@@@@')} Street`],
          ...{
            city: draws.pattern('@@@@@@@'),
            region: 'OR',
            postalCode: draws.pattern('97###'),
            country: 'US',
          },
        },
        ...(refusing === 'ERP' ? { paymentTerms: { code: 'N999' } } : {}),
        ...(refusing === 'BILLING' ? { provisioningId: 'x'.repeat(130) } : {}),
      },
    };
  });
}

/** Who refuses its part; only the system itself knows to do so. */
const refusedBy: Readonly<Record<Course, 'ERP' | 'BILLING' | null>> = {
  PLAIN: null,
  GIVEN_UP: 'ERP',
  MENDED: null,
  CANCELLED: null,
  LEFT: 'BILLING',
};

/** Values that every system takes in the place of those that it refused. */
const mended: Values = { paymentTerms: { code: 'N030' }, provisioningId: 'mended' };

/** What a person says about an onboarding. */
export type Saying =
  | { readonly say: 'CANCEL' }
  /** Once nothing can come late any more. */
  | { readonly say: 'RETRY' }
  | { readonly say: 'ANSWER'; readonly values: Values; readonly different: readonly string[] };

/** What whoever attends to an onboarding says of it as it stands; null where it goes on, or is left alone. Pure. */
export function sayingOf({ course }: Newcomer, standing: Onboarding): Saying | null {
  const { state, stage, question } = standing;
  if (state !== 'RUNNING' && state !== 'PARKED') return null;
  if (course === 'CANCELLED' && stage === 'ERP_CUSTOMER') return { say: 'CANCEL' };
  switch (question?.kind) {
    case 'DUPLICATE':
      return { say: 'ANSWER', values: {}, different: question.candidates };
    case 'REFUSED':
      if (course === 'GIVEN_UP') return { say: 'CANCEL' };
      return course === 'MENDED' ? { say: 'ANSWER', values: mended, different: [] } : null;
    case 'WRITE':
      // What was made by a call that was sent twice is not taken away before somebody has looked.
      return stage === 'UNDOING' ? { say: 'RETRY' } : null;
    default:
      return null;
  }
}
