import { registerHooks } from 'node:module';
import type { Db } from '../../runtime/db/index.ts';
import type { Mutant } from './messages.ts';

/** Text of a source file becomes another. */
interface SourceEdit {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** A bug to be planted, in a source file or in a function in the store. */
type Edit = SourceEdit | { readonly routine: string; readonly from: string; readonly to: string };

/** What each mutant lacks. The engine itself knows nothing of them. */
export const edits: Readonly<Record<Mutant, readonly Edit[]>> = {
  // An unknown outcome: the call is made again, on the record as it now is.
  'no-probe': [
    {
      file: 'coordination/step.ts',
      from: 'function probed(step: Step, found: Found | null): Step {',
      to: `function probed(step: Step, found: Found | null): Step {
        return { ...step, state: 'READY', before: null, sent: false, due: null };`,
    },
  ],
  // Any write of a customer is worked on, not only the first.
  'no-head-of-line': [
    {
      routine: 'coordination_claim',
      from: 'where head and lane = asked',
      to: `where state in ('PENDING', 'RUNNING', 'COMPENSATING') and lane = asked`,
    },
    {
      routine: 'coordination_claim',
      from: 'where id = candidate.id and head and due <= now for update skip locked',
      to: 'where id = candidate.id and due <= now for update skip locked',
    },
  ],
  // A worker that has lost a write goes on with it.
  'no-epoch': [
    {
      routine: 'coordination_settle',
      from: 'where w.id = asked and w.epoch = held_epoch and w.worker is not null',
      to: 'where w.id = asked',
    },
  ],
  // An unknown outcome of a new record: it is made again, without a look for the one that may be there.
  'no-look': [
    {
      file: 'coordination/presence.ts',
      from: 'function createProbed(step: Step, found: Found | null, keyed: boolean): Step {',
      to: `function createProbed(step: Step, found: Found | null, keyed: boolean): Step {
        return { ...step, state: 'READY', due: null };`,
    },
  ],
};

/** No bug, but an owner to which every call is a new one: what alone keeps a second record away is the engine's look. */
export const forgetful: readonly SourceEdit[] = [
  {
    file: 'subgraphs/billing/idempotency.ts',
    from: 'if (key === undefined) return',
    to: "if (key !== '') return",
  },
];

function edited(text: string, { from, to }: Edit, where: string): string {
  if (!text.includes(from)) throw new Error(`the bug cannot be planted: ${where} has no "${from}"`);
  return text.replace(from, () => to);
}

/** Plants the part of a mutant that is in source files. Gives what throws where one of them was not read since. */
export function plantInSource(mutant: Mutant | null): () => void {
  return plant((mutant ? edits[mutant] : []).filter((edit) => 'file' in edit));
}

/** The same of any edits. A file that was read before them is as it was: nothing would be found, and nobody would know why. */
export function plant(planted: readonly SourceEdit[]): () => void {
  const grown = new Set<SourceEdit>();
  if (planted.length === 0) return () => undefined;
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      const own = planted.filter(({ file }) => url.endsWith(`/${file}`));
      if (own.length === 0) return loaded;
      for (const edit of own) grown.add(edit);
      const text = Buffer.from(loaded.source as Uint8Array).toString();
      return { ...loaded, source: own.reduce((source, edit) => edited(source, edit, edit.file), text) };
    },
  });
  return () => {
    const not = planted.filter((edit) => !grown.has(edit)).map(({ file }) => file);
    if (not.length > 0) throw new Error(`the bug is not planted: ${not.join()} was read before`);
  };
}

/** Plants the part of a mutant that is in the store, once for all workers. */
export async function plantInStore(mutant: Mutant | null, db: Db): Promise<void> {
  for (const edit of mutant ? edits[mutant] : []) {
    if ('file' in edit) continue;
    await db.lock('chaos mutant', async () => {
      const [row] = await db.query<{ text: string }>('select pg_get_functiondef($1::regproc) as text', [
        edit.routine,
      ]);
      const text = row?.text ?? '';
      // Where it is there no longer, another worker has planted it.
      if (text.includes(edit.from) || !text.includes(edit.to))
        await db.script(edited(text, edit, edit.routine));
    });
  }
}
