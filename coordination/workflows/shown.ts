import type * as contract from '../../schema/generated/coordination.ts';
import { instant } from '../shown.ts';
import { kindOf, outlineOf, questionOf } from './kinds.ts';
import type { Question } from './question.ts';
import type { Enrichment } from './reference/reference.ts';
import type { Ending } from './workflow.ts';
import type { WorkflowView } from './workflows.ts';

/** A question in the contract's form; customers and writes are named by their ids. */
interface ShownQuestion extends Omit<contract.WorkflowQuestion, 'write' | 'candidates' | '__typename'> {
  /** Read by `writeId` when it is asked for. */
  readonly write: null;
  readonly candidates: readonly (Omit<contract.DuplicateCandidate, 'customer' | '__typename'> & {
    readonly customer: { readonly id: string };
  })[];
  readonly writeId: string | null;
}

/** A workflow in the contract's form; customers and writes are named by their ids. */
export interface ShownWorkflow extends Omit<
  contract.CustomerWorkflow,
  'customer' | 'other' | 'question' | 'ending' | 'writes' | '__typename'
> {
  readonly customer: { readonly id: string } | null;
  readonly other: { readonly id: string } | null;
  readonly question: ShownQuestion | null;
  readonly ending:
    | (Omit<contract.WorkflowEnding, 'duplicateOf' | '__typename'> & {
        readonly duplicateOf: { readonly id: string } | null;
      })
    | null;
  /** Read by `writeIds` when they are asked for. */
  readonly writes: readonly never[];
  readonly writeIds: readonly string[];
}

/** A workflow as the contract tells it. Pure. */
export function shownWorkflow(view: WorkflowView): ShownWorkflow {
  const kind = kindOf(view);
  const { id, state, stage, requestedBy, reason, correlationId } = view;
  const { isMade, ending, other, enrichment, writes } = outlineOf(view);
  return {
    ...{ id, kind: kind.kind, state, stage, requestedBy, reason, correlationId },
    customer: isMade ? { id: view.entityId } : null,
    other: other === null ? null : { id: other },
    startedAt: instant(view.startedAt),
    settledAt: view.settledAt && instant(view.settledAt),
    question: shownQuestion(questionOf(view)),
    ending: shownEnding(ending),
    compliance: shownCompliance(enrichment),
    timeline: view.timeline.map(({ at, event, stage: then, by, message, write }) => ({
      ...{ event, by, message },
      at: instant(at),
      stage: then,
      writeId: write ?? null,
    })),
    writes: [],
    writeIds: writes,
  };
}

function shownQuestion(question: Question | null): ShownQuestion | null {
  if (question === null) return null;
  const blank = {
    fields: [],
    candidates: [],
    scopes: [],
    about: [],
    system: null,
    write: null,
    writeId: null,
  };
  const { kind } = question;
  switch (question.kind) {
    case 'FIELDS':
      return { ...blank, kind, fields: fieldsOf(question.fields) };
    case 'DUPLICATE':
      return {
        ...blank,
        kind,
        candidates: question.candidates.map(({ id, verdict, score, reasons }) => ({
          ...{ customer: { id }, score, reasons },
          same: verdict === 'SAME',
        })),
      };
    case 'APPROVAL':
      return { ...blank, kind, scopes: question.scopes, about: question.why };
    case 'REFUSED':
      return {
        ...blank,
        kind,
        fields: fieldsOf(question.fields),
        system: question.system,
        writeId: question.write,
      };
    case 'WRITE':
      return { ...blank, kind, system: question.system, writeId: question.write };
  }
}

function fieldsOf(fields: Extract<Question, { kind: 'FIELDS' }>['fields']) {
  return fields.map(({ field, code, message }) => ({ field: field === '' ? null : field, code, message }));
}

function shownEnding(ending: Ending | null): ShownWorkflow['ending'] {
  if (ending === null) return null;
  const { code, message, customer } = ending;
  return { code, message, duplicateOf: customer === undefined ? null : { id: customer } };
}

function shownCompliance(enrichment: Enrichment | null): contract.RegionalCompliance | null {
  if (enrichment === null) return null;
  const { country, taxRegime, taxIdKinds, eInvoicing, sanctions, sources, asOf } = enrichment;
  return {
    ...{ country, taxRegime, taxIdKinds, sources, asOf },
    eInvoicingFormat: eInvoicing?.format ?? null,
    eInvoicingMandatory: eInvoicing?.mandatory ?? false,
    sanctions: sanctions.verdict,
  };
}
