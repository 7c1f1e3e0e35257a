/** What can be decided about an item. */
export type Decision =
  | 'RETRY'
  | 'REPEAT'
  | 'ACCEPT_AS_IS'
  | 'CANCEL'
  | 'LINK'
  | 'READ_AGAIN'
  | 'IGNORE'
  | 'SAME'
  | 'DIFFERENT'
  | 'CONTINUE'
  | 'REPAIR'
  | 'ADOPT';

/** A decision that a kind of item offers. */
export interface Offer {
  /** Scopes of which a second person needs all before it holds; none where nobody has to approve. */
  readonly approve?: readonly string[];
  /** Whether it names a customer. */
  readonly customer?: true;
  /** Whether it may name one of the item's own. */
  readonly oneOf?: true;
}

type Offers = Readonly<Partial<Record<Decision, Offer>>>;

const approve = ['customer:steward:approve'];
const aboutWrite: Offers = { RETRY: {}, ACCEPT_AS_IS: {}, CANCEL: {} };

const aboutCopy: Offers = { REPAIR: {}, ADOPT: { approve }, IGNORE: {} };

/** What is offered for each kind of item; how long a person may take is in the store's table `steward_kind`. */
export const offers = {
  POSSIBLE_DUPLICATE: { SAME: { approve, oneOf: true }, DIFFERENT: {} },
  VERSION_CONFLICT: aboutWrite,
  UNKNOWN_OUTCOME: { ...aboutWrite, REPEAT: {} },
  // To let half a write stand is for two people.
  FAILED_COMPENSATION: { ...aboutWrite, ACCEPT_AS_IS: { approve } },
  DEAD_LETTER: aboutWrite,
  UNKNOWN_RECORD: { LINK: { customer: true }, READ_AGAIN: {}, IGNORE: {} },
  ONBOARDING_QUESTION: { CONTINUE: {}, SAME: {}, DIFFERENT: {}, CANCEL: {} },
  OWNERSHIP_VIOLATION: aboutCopy,
  DRIFT: aboutCopy,
} satisfies Record<string, Offers>;

export type Kind = keyof typeof offers;

/** Kinds that are about a governed write. */
export const writeKinds = [
  'VERSION_CONFLICT',
  'UNKNOWN_OUTCOME',
  'FAILED_COMPENSATION',
  'DEAD_LETTER',
] as const satisfies readonly Kind[];
