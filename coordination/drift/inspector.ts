import type { Subgraph } from '../../runtime/executor.ts';
import type { SystemName } from '../../schema/generated/contracts.ts';
import type { ParticipantInspected } from '../../schema/generated/participant.ts';
import { participantOperations } from '../../schema/participant.ts';
import type { ParticipantCall } from '../participant.ts';
import { asked } from '../participants.ts';

/** Of whom fingerprints are to be given, and of which attributes. */
export interface Inspection {
  readonly entity: string;
  readonly entityIds: readonly string[];
  readonly owned: readonly string[];
  readonly copied: readonly string[];
}

/** What a system has of one entity: fingerprints by attribute, the same for the same value in every system. */
export interface Inspected {
  readonly entityId: string;
  /** The system's own key. */
  readonly key: string;
  readonly version: string;
  readonly owned: Readonly<Record<string, string>>;
  readonly copied: Readonly<Record<string, string>>;
}

/** A system of record as drift sees it: by fingerprints, and never by values. */
export interface Inspector {
  readonly system: SystemName;
  /** Records of those that the system has one of; null where they could not be read. Never rejects. */
  inspect(inspection: Inspection, call: ParticipantCall): Promise<readonly Inspected[] | null>;
}

/** The system behind a subgraph, in this process or elsewhere. */
export function inspectorOf(system: SystemName, subgraph: Subgraph): Inspector {
  const { inspect } = participantOperations(subgraph.name);
  const fetch = subgraph.prepare(`query ($of: ParticipantInspection!) { ${inspect}(inspection: $of) {
    unreachable { code } records { entityId key version owned copied } } }`);
  return {
    system,
    async inspect(of, call) {
      const { data } = await asked(fetch, { of }, call);
      const answer = data?.[inspect] as
        Pick<ParticipantInspected, 'unreachable' | 'records'> | null | undefined;
      return answer?.unreachable === null ? answer.records : null;
    },
  };
}
