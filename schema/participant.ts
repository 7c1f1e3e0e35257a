/** What a system of record adds to its contract to take part in governed writes. Its names begin as the system's do. */
export interface ParticipantOperations {
  /** Field of `Query`, e.g. `crmExamine`. */
  readonly examine: string;
  /** Field of `Query`, e.g. `crmInspect`. */
  readonly inspect: string;
  /** Field of `Mutation`, e.g. `crmApply`. */
  readonly apply: string;
}

/** How these scalars travel, where it is not as a string. */
export const jsonScalars: Readonly<Record<string, string>> = {
  AttributeValue: 'unknown',
  AttributeValues: 'Readonly<Record<string, unknown>>',
  AttributeFingerprints: 'Readonly<Record<string, string>>',
};

/** The operations of one system of record. */
export function participantOperations(subgraph: string): ParticipantOperations {
  const name = subgraph.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  return { examine: `${name}Examine`, inspect: `${name}Inspect`, apply: `${name}Apply` };
}

/**
 * The SDL of these operations for one system.
 * @param template `participant.graphql`
 * @param alone whether no contract has a mutation for clients: then the type itself is hidden, as clients would see it empty
 */
export function participantSdl(template: string, subgraph: string, alone: boolean): string {
  const { examine, inspect, apply } = participantOperations(subgraph);
  const own = template
    .replace(/\bsystemExamine\b/, examine)
    .replace(/\bsystemInspect\b/, inspect)
    .replace(/\bsystemApply\b/, apply);
  return alone ? own.replace('type Mutation', 'type Mutation @inaccessible') : own;
}
