/** An event of a stream of server-sent events; texts are empty where the sender gave none. */
export interface ServerSentEvent {
  readonly event: string;
  readonly data: string;
  readonly id: string;
}

/** Characters of one event: what is longer is no event of ours. */
const LONGEST = 32 * 1024 * 1024;

/** Reads a stream of server-sent events (WHATWG HTML, section 9.2); comments are signs of life and not told. */
export async function* readEvents(chunks: AsyncIterable<Buffer>): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  let fields = new Map<string, string>();
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    if (rest.length > LONGEST) throw new Error('An event is too long.');
    // The last line may go on in the next chunk, and a carriage return at its end may be half of a line's end.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line !== '') {
        take(fields, line);
        continue;
      }
      const { event = '', data, id = '' } = Object.fromEntries(fields) as Partial<ServerSentEvent>;
      if (data !== undefined) yield { event, data, id };
      fields = new Map();
    }
  }
}

function take(fields: Map<string, string>, line: string): void {
  const colon = line.indexOf(':');
  if (colon === 0) return;
  const name = colon < 0 ? line : line.slice(0, colon);
  const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
  const known = fields.get(name);
  fields.set(name, name === 'data' && known !== undefined ? `${known}\n${value}` : value);
}
