import type { Facts } from '../../../identity/facts.ts';
import type { SystemName } from '../../../schema/generated/contracts.ts';
import type { Participant, ParticipantCall } from '../../participant.ts';
import type { Candidate } from '../question.ts';
import type { Workflow } from '../workflow.ts';
import type { OnboardingCommand } from './commands.ts';

/** Another customer beside the one that is looked for. */
export interface Match extends Omit<Candidate, 'verdict'> {
  readonly verdict: Candidate['verdict'] | 'DIFFERENT';
}

/** Whoever knows which customers are the same. */
export interface Matches {
  /** Customers that may be the one with these facts, the likeliest first; never that one itself. */
  matches(facts: Facts, self: string): Promise<readonly Match[]>;
  /**
   * Those of these customers that are new themselves, and were not compared with others yet: they will meet the one that is
   * compared now when their turn comes, and only one of two can be the first.
   */
  untried(ids: readonly string[]): Promise<ReadonlySet<string>>;
}

interface Around {
  readonly participants: ReadonlyMap<SystemName, Participant>;
  readonly matches: Matches;
}

/**
 * Other customers that may be the same. The CRM knows groups: companies of one group share domains and names, so that only
 * what is surely the same is asked about among them. `LATER` where the CRM cannot say.
 */
export async function candidatesIn(
  { participants, matches }: Around,
  { entity, entityId }: Workflow,
  { facts, cleared, parent }: Extract<OnboardingCommand, { do: 'MATCH' }>,
  call: ParticipantCall,
): Promise<readonly Candidate[] | 'LATER'> {
  const found = (await matches.matches(facts, entityId)).flatMap(({ verdict, ...match }): Candidate[] =>
    verdict === 'DIFFERENT' || cleared.includes(match.id) ? [] : [{ ...match, verdict }],
  );
  const untried = await matches.untried(found.map(({ id }) => id));
  const candidates: Candidate[] = [];
  for (const candidate of found.filter(({ id }) => !untried.has(id))) {
    const inGroup = candidate.verdict === 'ASK' && (await isOfGroup(candidate.id));
    if (inGroup === null) return 'LATER';
    if (!inGroup) candidates.push(candidate);
  }
  return candidates;

  /** Whether the CRM has both in one group, one above the other or side by side; null where it cannot say. */
  async function isOfGroup(id: string): Promise<boolean | null> {
    if (id === parent) return true;
    const changes = { parent: null };
    const examination = { entity, entityId: id, kind: 'OWNER', changes, validate: false } as const;
    const examined = await participants.get('CRM')?.examine(examination, call);
    if (!examined || examined.unreachable) return null;
    const above = examined.found?.values.parent ?? null;
    return above !== null && (above === entityId || above === parent);
  }
}
