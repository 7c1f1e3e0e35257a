import type { RequestContext } from '../../runtime/context.ts';
import { Failure } from '../../runtime/failure.ts';
import type { Resolvers } from '../../runtime/subgraph.ts';
import type {
  ParticipantExamination,
  ParticipantExamined,
  ParticipantOrder,
  ParticipantOutcome,
} from '../../schema/generated/participant.ts';
import { participantOperations } from '../../schema/participant.ts';
import { fieldsOf } from '../fingerprint.ts';
import type { Attribute } from '../lens.ts';
import { apply } from './apply.ts';
import { examine } from './examine.ts';
import type { Part } from './part.ts';
import { createTranslation } from './references.ts';
import { writablesOf } from './writable.ts';

/** How a system takes part: its connector, and where it keeps what it owns and what it copies. */
export interface ParticipantOptions<R extends object, Rows extends object> extends Pick<
  Part<R, Rows>,
  'system' | 'entity' | 'connector' | 'guard' | 'crossing' | 'fingerprints'
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
  const part: Part<R, Rows> = {
    ...options,
    fields: fieldsOf(mapping),
    translation: createTranslation(options.entity, options.crossing),
    writables: { OWNER: writablesOf(mapping), COPY: writablesOf(copies) },
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
        return examine(part, context, examination);
      },
    },
    Mutation: {
      [operations.apply]: async (
        _: unknown,
        { order }: { readonly order: ParticipantOrder },
        context: RequestContext,
      ): Promise<ParticipantOutcome> => {
        admit(context, order.entity);
        return apply(part, context, order);
      },
    },
  };
}
