import type { RequestContext } from './context.ts';
import { Failure } from './failure.ts';
import type { Open, Opened } from './http.ts';
import { late, unreachable, type SubgraphResult } from './result.ts';
import { resumeAt, type SubgraphStream } from './stream.ts';
import { readEvents, type ServerSentEvent } from './streaming/read-events.ts';

export interface RemoteStreamOptions {
  readonly name: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly open: Open | undefined;
  readonly events: RemoteEvents;
}

/** What a subgraph elsewhere has executed for an event, as it came. */
interface RemoteEvent {
  readonly text: string;
  readonly [resumeAt]?: string;
}

/** Makes events the same object where they are the same, so that the rest of a plan is executed once for all of them. */
export type RemoteEvents = (event: ServerSentEvent) => RemoteEvent;

/** Milliseconds that a subgraph is given to begin a stream. */
const BEGINNING = 10_000;
/** Events that are remembered, to be the same for those who hear of them a little later. */
const REMEMBERED = 256;

/** Events of one subgraph, whatever stream they come by. */
export function remoteEvents(): RemoteEvents {
  const known = new Map<string, RemoteEvent>();
  return ({ id, data }) => {
    // Without a place in its stream an event may only look like another.
    if (id === '') return checked(data, {});
    const key = `${id} ${data}`;
    const made = known.get(key) ?? checked(data, { [resumeAt]: id });
    known.set(key, made);
    const [oldest] = known.keys();
    if (known.size > REMEMBERED && oldest !== undefined) known.delete(oldest);
    return made;
  };
}

/** A result that has no data at all is no event: it says why the stream has ended. */
function checked(text: string, place: Omit<RemoteEvent, 'text'>): RemoteEvent {
  const { data, errors } = JSON.parse(text) as SubgraphResult;
  const [error] = errors ?? [];
  if (data === undefined && error)
    throw Object.assign(new Error(error.message), { extensions: error.extensions });
  return { ...place, text };
}

/**
 * A subscription of a subgraph elsewhere, over server-sent events.
 * Rejects with a Failure where it cannot begin.
 */
export async function remoteStream(
  { name, url, headers, body, open, events }: RemoteStreamOptions,
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
    opened.end();
    throw new Failure('SYSTEM_UNAVAILABLE', `${name} does not serve the subscription; try again later.`, {
      system: name,
    });
  }
  return {
    events: eventsOf(name, opened, events),
    // Read for each execution: a result is its caller's to change.
    resolve: (event) => JSON.parse((event as RemoteEvent).text) as SubgraphResult,
  };
}

async function* eventsOf(
  name: string,
  { chunks }: Opened,
  events: RemoteEvents,
): AsyncGenerator<RemoteEvent> {
  try {
    for await (const event of readEvents(chunks)) {
      if (event.event === 'complete') return;
      if (event.event === 'next') yield events(event);
    }
  } catch (fault) {
    throw fault instanceof Error && 'extensions' in fault ? fault : unreachable(name, fault);
  }
  throw unreachable(name, new Error('The stream broke off.'));
}
