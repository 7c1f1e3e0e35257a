import type { RequestContext } from '../runtime/context.ts';
import type { Db } from '../runtime/db/index.ts';
import type { RowsOf } from '../runtime/rows.ts';
import type { AttributeDifference } from '../schema/generated/coordination.ts';
import type { EntityName, SystemName } from '../schema/generated/contracts.ts';
import { findItem, type StoredItem } from '../steward/index.ts';
import { storedId } from './asked.ts';
import type { Examination, Examined, Participant } from './participant.ts';
import { ownerOf } from './plan.ts';
import type { Records } from './records.ts';
import { sightOf } from './sight.ts';
import type { Values } from './write.ts';

export interface DifferenceOptions {
  readonly db: Db;
  readonly participants: ReadonlyMap<SystemName, Participant>;
  readonly records: Pick<Records, 'stored'>;
  /** Which entities a caller sees. */
  readonly rowsOf: RowsOf;
}

/** What a work item is about, attribute by attribute, as it is now; null where it is about no values. */
export type DifferenceOf = (
  id: string,
  context: RequestContext,
) => Promise<readonly AttributeDifference[] | null>;

/** Milliseconds before a request's deadline at which its answer must be on its way. */
const margin = 200;

type Asked = Pick<Examination, 'entity' | 'entityId' | 'kind' | 'changes'>;

/** Asks the systems when somebody looks: nothing of it is stored. */
export function differencesIn({ db, participants, records, rowsOf }: DifferenceOptions): DifferenceOf {
  async function examine(
    system: SystemName,
    asked: Asked,
    context: RequestContext,
  ): Promise<Examined | null> {
    const { correlationId, traceparent, memo, deadline } = context;
    const timeout = Math.max(1, deadline - Date.now() - margin);
    const call = { correlationId, traceparent, timeout, memo };
    return (await participants.get(system)?.examine({ ...asked, validate: false }, call)) ?? null;
  }

  /** What was asked for of a system, beside what it has. */
  async function besides(
    system: SystemName,
    asked: Asked,
    context: RequestContext,
  ): Promise<readonly AttributeDifference[]> {
    const examined = await examine(system, asked, context);
    const sight = sightOf(asked.entity as EntityName, context, rowsOf);
    return Object.entries(asked.changes).map(([attribute, wanted]) => ({
      ...{ attribute, system, owner: ownerOf(asked.entity as EntityName, attribute) ?? system },
      examined: examined !== null && examined.unreachable === undefined,
      wanted: sight(attribute, wanted),
      present: sight(attribute, examined?.found?.values[attribute]),
      same: examined?.found?.same.includes(attribute) ?? false,
    }));
  }

  async function ofWrite(
    id: string,
    context: RequestContext,
  ): Promise<readonly AttributeDifference[] | null> {
    const write = await records.stored(id);
    if (!write) return null;
    const { entity, entityId } = write;
    const steps = write.steps.filter(({ state }) => state !== 'UNCHANGED');
    const all = steps.map(({ system, kind, changes }) =>
      besides(system, { entity, entityId, kind, changes }, context),
    );
    return (await Promise.all(all)).flat();
  }

  async function ofCopy(
    { entity, entityIds, waiting }: StoredItem,
    context: RequestContext,
  ): Promise<readonly AttributeDifference[] | null> {
    const [entityId] = entityIds;
    const { system, attribute } = waiting;
    const owner = attribute === undefined ? undefined : ownerOf(entity, attribute);
    if (entityId === undefined || system === undefined || attribute === undefined || owner === undefined)
      return null;
    const of = { entity, entityId };
    const owning = await examine(owner, { ...of, kind: 'OWNER', changes: { [attribute]: null } }, context);
    const changes: Values = { [attribute]: owning?.found?.values[attribute] ?? null };
    const [copy] = await besides(system as SystemName, { ...of, kind: 'COPY', changes }, context);
    if (!copy) return null;
    return [owning?.found ? copy : { ...copy, examined: false, same: false }];
  }

  return async (id, context) => {
    const stored = storedId(id);
    const item = stored === null ? null : await findItem(db, stored);
    if (!item) return null;
    if (item.waiting.write !== undefined) return ofWrite(item.waiting.write, context);
    return item.kind === 'DRIFT' || item.kind === 'OWNERSHIP_VIOLATION' ? ofCopy(item, context) : null;
  };
}
