import type { Db, Queryable } from '../../runtime/db/index.ts';
import type { Sealed } from '../sealed.ts';
import { openedWorkflow } from './store.ts';
import type { WorkflowFilter, WorkflowPage, WorkflowView } from './workflows.ts';

/** Reads of workflows; each call is one statement. */
export interface Reads {
  view(id: string): Promise<WorkflowView | null>;
  page(
    filter: WorkflowFilter,
    page: { readonly first: number; readonly after: string | null },
  ): Promise<WorkflowPage>;
  /** A text for each of these that is another one whenever it has come on; absent for an unknown one. */
  marks(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Those of these entities that are being onboarded and were not compared with others yet. */
  untried(ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** How many are open, by kind, state and stage. */
  open(): Promise<readonly OpenWorkflows[]>;
}

interface OpenWorkflows {
  readonly kind: string;
  readonly state: string;
  readonly stage: string;
  readonly count: number;
}

const shown = `coordination_workflow_shown(w) || jsonb_build_object('timeline', (
    select coalesce(jsonb_agg(e.body || jsonb_build_object('at', e.at) order by e.seq), '[]')
    from coordination_workflow_event e where e.workflow_id = w.id)) as workflow`;

interface Shown {
  readonly workflow: Sealed<WorkflowView>;
}

export function readsIn(db: Db): Reads {
  return {
    view: (id) => viewIn(db, id),

    async page(filter, { first, after }) {
      const { rows: only = null, subject = '' } = filter;
      const seen = `(identity_visible(w.entity_id, $6::jsonb)
        or w.request ->> 'requestedBy' = $7 and identity_blank(w.entity_id))`;
      const rows = await db.query<Shown>(
        `select ${shown} from coordination_workflow w
         where ($1::uuid is null or w.id < $1)
           and ($2::uuid[] is null or w.entity_id = any($2))
           and ($3::text[] is null or w.state = any($3))
           and ($4::text[] is null or w.stage = any($4))${only === null ? '' : ` and ${seen}`}
         order by w.id desc limit $5`,
        [
          ...[after, filter.entityIds, filter.states, filter.stages, first + 1],
          ...(only === null ? [] : [only, subject]),
        ],
      );
      return {
        workflows: rows.slice(0, first).map(({ workflow }) => openedWorkflow(workflow)),
        hasNextPage: rows.length > first,
      };
    },

    async marks(ids) {
      const rows = await db.query<{ id: string; mark: string }>(
        `select w.id, md5(concat(w.state, w.stage, w.memory, w.cancelling, (
           select max(seq) from coordination_workflow_event e where e.workflow_id = w.id))) as mark
         from coordination_workflow w where w.id = any($1)`,
        [ids],
      );
      return new Map(rows.map(({ id, mark }) => [id, mark]));
    },

    async untried(ids) {
      const rows = await db.query<{ id: string }>(
        `select entity_id as id from coordination_workflow
         where kind = 'ONBOARDING' and state in ('RUNNING', 'PARKED') and entity_id = any($1)
           and stage in ('READING', 'FIELDS', 'DUPLICATES') and memory -> 'writes' = '{}'
           and (stage = 'DUPLICATES' or memory -> 'matched' = 'null')`,
        [ids],
      );
      return new Set(rows.map(({ id }) => id));
    },

    async open() {
      return db.query<OpenWorkflows>(
        `select kind, state, stage, count(*)::int as count from coordination_workflow
         where state in ('RUNNING', 'PARKED') group by 1, 2, 3`,
      );
    },
  };
}

/** The workflow as it is; null where there is none. */
export async function viewIn(db: Queryable, id: string): Promise<WorkflowView | null> {
  const [row] = await db.query<Shown>(`select ${shown} from coordination_workflow w where w.id = $1`, [id]);
  return row ? openedWorkflow(row.workflow) : null;
}
