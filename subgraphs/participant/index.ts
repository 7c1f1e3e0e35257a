import type { RequestContext } from '../../runtime/context.ts';
import { Failure } from '../../runtime/failure.ts';
import type { Resolvers } from '../../runtime/subgraph.ts';
import type {
  ParticipantExamination,
  ParticipantExamined,
  ParticipantInspected,
  ParticipantInspection,
  ParticipantKind,
  ParticipantOrder,
  ParticipantOutcome,
} from '../../schema/generated/participant.ts';
import { participantOperations } from '../../schema/participant.ts';
import { fieldsOf } from '../fingerprint.ts';
import type { Attribute } from '../lens.ts';
import { apply } from './apply.ts';
import { create } from './create.ts';
import { erase, examineErasure } from './erase.ts';
import { examine } from './examine.ts';
import { inspect } from './inspect.ts';
import { examineMerge, merge } from './merge.ts';
import type { Part } from './part.ts';
import { examinePresence } from './presence.ts';
import { createTranslation } from './references.ts';
import { withdraw } from './withdraw.ts';
import { writablesOf } from './writable.ts';

/** What is done otherwise where it is about whether there is a record at all, or two. */
const looks: Readonly<Partial<Record<ParticipantKind, typeof examine>>> = {
  CREATE: examinePresence,
  WITHDRAW: examinePresence,
  ERASE: examineErasure,
  MERGE: examineMerge,
  UNMERGE: examineMerge,
};
const calls: Readonly<Partial<Record<ParticipantKind, typeof apply>>> = {
  CREATE: create,
  WITHDRAW: withdraw,
  ERASE: erase,
  MERGE: merge,
  UNMERGE: merge,
};

/** How a system takes part: its connector, and where it keeps what it owns and what it copies. */
export interface ParticipantOptions<R extends object, Rows extends object> extends Pick<
  Part<R, Rows>,
  'system' | 'entity' | 'connector' | 'guard' | 'crossing' | 'fingerprint' | 'fingerprints' | 'external'
> {
  readonly mapping: Readonly<Record<string, Attribute<R>>>;
  readonly copies: Readonly<Record<string, Attribute<R>>>;
}

/**
 * The operations by which a system of record takes part in governed writes, as `participant.graphql` has them.
 * They reject with a Failure FORBIDDEN for any caller but coordination.
 */
export function participantResolvers<R extends object, Rows extends object>({
  mapping,
  copies,
  ...options
}: ParticipantOptions<R, Rows>): Resolvers {
  const [owned, copied] = [writablesOf(mapping), writablesOf(copies)];
  const none = new Map<string, never>();
  const fields = fieldsOf(mapping);
  const made = new Map([...owned, ...copied]);
  const part: Part<R, Rows> = {
    ...options,
    fields,
    readable: new Map(
      Object.entries(mapping).flatMap(([name, one]) => (one.kind === 'lens' ? [[name, one] as const] : [])),
    ),
    whole: [...new Set([...fields, ...[...made.values()].flatMap((writable) => writable.fields)])],
    translation: createTranslation(options.entity, options.crossing),
    writables: {
      ...{ OWNER: owned, COPY: copied, CREATE: made, WITHDRAW: none, ERASE: none },
      ...{ MERGE: none, UNMERGE: none },
    },
  };
  const operations = participantOperations(options.system);

  function admit({ caller }: RequestContext, entity: string): void {
    if (caller !== 'coordination')
      throw new Failure(
        'FORBIDDEN',
        'Only coordination writes to systems of record; use the mutations of the graph.',
      );
    if (entity !== part.entity)
      throw new Failure('BAD_REQUEST', `The system "${part.system}" has records of ${part.entity} only.`);
  }

  return {
    Query: {
      [operations.examine]: async (
        _: unknown,
        { examination }: { readonly examination: ParticipantExamination },
        context: RequestContext,
      ): Promise<ParticipantExamined> => {
        admit(context, examination.entity);
        return (looks[examination.kind] ?? examine)(part, context, examination);
      },
      [operations.inspect]: async (
        _: unknown,
        { inspection }: { readonly inspection: ParticipantInspection },
        context: RequestContext,
      ): Promise<ParticipantInspected> => {
        admit(context, inspection.entity);
        return inspect(part, context, inspection);
      },
    },
    Mutation: {
      [operations.apply]: async (
        _: unknown,
        { order }: { readonly order: ParticipantOrder },
        context: RequestContext,
      ): Promise<ParticipantOutcome> => {
        admit(context, order.entity);
        return (calls[order.kind] ?? apply)(part, context, order);
      },
    },
  };
}
