import type { RequestContext } from './context.ts';
import { Failure } from './failure.ts';
import type { Open, Opened } from './http.ts';
import { late, unreachable, type SubgraphResult } from './result.ts';
import { resumeAt, type SubgraphStream } from './stream.ts';
import { readEvents } from './streaming/read-events.ts';

export interface RemoteStreamOptions {
  readonly name: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly open: Open | undefined;
}

/** Milliseconds that a subgraph is given to begin a stream. */
const BEGINNING = 10_000;

/**
 * A subscription of a subgraph elsewhere, over server-sent events: each event is what the subgraph has executed for it.
 * Rejects with a Failure where it cannot begin.
 */
export async function remoteStream(
  { name, url, headers, body, open }: RemoteStreamOptions,
  context: RequestContext,
): Promise<SubgraphStream> {
  if (!open) throw unreachable(name, new Error('There is no way to hold a stream open.'));
  let opened: Opened;
  try {
    opened = await open(url, headers, body, { timeout: BEGINNING, signal: context.signal });
  } catch (cause) {
    throw context.signal.aborted ? late(name, cause) : unreachable(name, cause);
  }
  if (opened.status !== 200 || !opened.headers['content-type']?.includes('text/event-stream')) {
    for await (const chunk of opened.chunks) if (chunk.length === 0) continue;
    throw new Failure('SYSTEM_UNAVAILABLE', `${name} does not serve the subscription; try again later.`, {
      system: name,
    });
  }
  return {
    events: eventsOf(name, opened),
    resolve: (event) => event as SubgraphResult,
  };
}

/** A result that has no data at all is no event: it says why the stream has ended. */
async function* eventsOf(name: string, { chunks }: Opened): AsyncGenerator<SubgraphResult> {
  try {
    for await (const { event, data, id } of readEvents(chunks)) {
      if (event === 'complete') return;
      if (event !== 'next') continue;
      const result = JSON.parse(data) as SubgraphResult;
      const [error] = result.errors ?? [];
      if (result.data === undefined && error) {
        throw Object.assign(new Error(error.message), { extensions: error.extensions });
      }
      yield id === '' ? result : Object.assign(result, { [resumeAt]: id });
    }
  } catch (fault) {
    throw fault instanceof Error && 'extensions' in fault ? fault : unreachable(name, fault);
  }
  throw unreachable(name, new Error('The stream broke off.'));
}
