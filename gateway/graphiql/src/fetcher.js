/**
 * Asks the endpoint. A subscription is answered by a stream of events, which is given as an observable; everything else
 * by one answer.
 */
export function fetcherFor(endpoint, explained) {
  return async (request, { headers } = {}) => {
    const stopped = new AbortController();
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        // With the newer media type a mistyped query would be a failed request in the browser's console.
        accept: 'application/json, text/event-stream',
        ...(explained ? { 'x-explain': '1' } : {}),
        ...headers,
      },
      body: JSON.stringify(request),
      signal: stopped.signal,
    });
    if (!response.headers.get('content-type')?.includes('text/event-stream')) return response.json();
    return {
      subscribe(observer) {
        readEvents(response.body, (result) => observer.next(result)).then(
          () => observer.complete(),
          (error) => {
            if (!stopped.signal.aborted) observer.error(error);
          },
        );
        return { unsubscribe: () => stopped.abort() };
      },
    };
  };
}

/** Gives each result of a stream; resolves when the stream says that it is complete. */
async function readEvents(body, next) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) throw new Error('The stream broke off; run the operation again.');
    const blocks = (rest + value).split('\n\n');
    rest = blocks.pop();
    for (const block of blocks) {
      const fields = block.split('\n');
      if (fields.includes('event: complete')) return;
      const line = fields.find((field) => field.startsWith('data: '));
      if (fields.includes('event: next') && line) next(JSON.parse(line.slice(6)));
    }
  }
}
