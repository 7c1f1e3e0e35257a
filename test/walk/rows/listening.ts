import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

interface Heard {
  readonly kind: string;
  readonly customer: {
    readonly id: string;
    readonly website: string | null;
    readonly parent: { readonly id: string } | null;
  };
}

/** Hears of changes from now on: once the first is there, which a snapshot sees to. */
export function listening(url: string, headers: Record<string, string>, filter = '') {
  const client = createClient({
    url: url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: headers,
  });
  const query = `subscription { customerChanged(snapshot: true${filter}) { kind customer { id website parent { id } } } }`;
  const stream = client.iterate({ query });
  return {
    async take(count: number): Promise<readonly Heard[]> {
      const found: Heard[] = [];
      while (found.length < count) {
        const { value } = (await stream.next()) as { value: { data: { customerChanged: Heard } } };
        found.push(value.data.customerChanged);
      }
      return found;
    },
    close: async () => client.dispose(),
  };
}
