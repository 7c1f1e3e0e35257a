import { endable, hasEnded, type Ending } from '../runtime/ending.ts';

/** Something that comes on until it is over. */
interface Coming {
  readonly id: string;
}

export interface ProgressOptions<View extends Coming> {
  readonly records: {
    view(id: string): Promise<View | null>;
    /** A text for each of these that is another one whenever it has come on; absent for an unknown one. */
    marks(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  };
  /** Whether nothing more is to come. */
  readonly isDone: (view: View) => boolean;
  /** Milliseconds between two looks at what is watched; nobody looks while nobody watches. */
  readonly interval: number;
  /** Told of a look that failed; the next one makes up for it. */
  readonly failed: (error: unknown) => void;
}

/** Tells how writes, or workflows, come on, whoever carries them out. */
export interface Progress<View> {
  /**
   * One as it is, again whenever it has come on, and no more once it is done; null where there is none. Ends when the
   * signal is aborted.
   */
  watch(id: string, signal: AbortSignal): Promise<AsyncGenerator<View, void> | null>;
}

interface Watcher {
  readonly id: string;
  /** Of the write as it was told last. */
  readonly mark: string;
  readonly resume: () => void;
}

export function progressIn<View extends Coming>({
  records,
  isDone,
  interval,
  failed,
}: ProgressOptions<View>): Progress<View> {
  const watchers = new Set<Watcher>();
  let timer: NodeJS.Timeout | undefined;

  /** One question for all who watch. */
  async function look(): Promise<void> {
    const marks = await records.marks([...new Set([...watchers].map(({ id }) => id))]);
    for (const { id, mark, resume } of watchers) if (marks.get(id) !== mark) resume();
  }

  function keepLooking(): void {
    timer ??= setTimeout(() => {
      look()
        .catch(failed)
        .finally(() => {
          timer = undefined;
          if (watchers.size > 0) keepLooking();
        });
    }, interval);
  }

  function changed(id: string, mark: string, ending: Ending): Promise<void> {
    return new Promise((resolve) => {
      const watcher = {
        id,
        mark,
        resume: () => {
          watchers.delete(watcher);
          resolve();
        },
      };
      watchers.add(watcher);
      ending.resume = watcher.resume;
      keepLooking();
    });
  }

  async function* told(first: View, seen: string, ending: Ending): AsyncGenerator<View, void> {
    let mark = seen;
    let last = '';
    for (let view: View | null = first; view && !hasEnded(ending);) {
      const text = JSON.stringify(view);
      if (text !== last) yield view;
      last = text;
      if (isDone(view) || hasEnded(ending)) return;
      await changed(view.id, mark, ending);
      [mark, view] = await stateOf(view.id);
    }
  }

  /** The mark first: what comes between the two is looked at twice rather than never. */
  async function stateOf(id: string): Promise<[mark: string, view: View | null]> {
    const mark = (await records.marks([id])).get(id) ?? '';
    return [mark, await records.view(id)];
  }

  return {
    async watch(id, signal) {
      const [mark, view] = await stateOf(id);
      return view && endable((ending) => told(view, mark, ending), signal);
    },
  };
}
