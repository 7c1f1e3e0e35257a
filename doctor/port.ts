import { once } from 'node:events';
import { createServer } from 'node:net';
import { connect } from 'node:tls';
import { X509Certificate } from 'node:crypto';
import type { Config } from '../runtime/config.ts';
import type { Send } from '../runtime/http.ts';
import { fail, ok, type Found } from './finding.ts';

const patience = 2_000;

/** Whether a port may be listened on; that a process of this graph has it already is as good. */
export async function portOf(
  name: 'PORT' | 'SANDBOX_PORT',
  { host, port }: { readonly host: string; readonly port: number },
  isOurs: () => Promise<boolean>,
): Promise<Found> {
  if (port === 0) return ok(`${name}=0: any free one`);
  const code = await refusal(host, port);
  if (code === null) return ok(`${host}:${port} is free`);
  if (code === 'EADDRINUSE' && (await isOurs().catch(() => false)))
    return ok(`${host}:${port} is that of a process of this graph, which runs`);
  return code === 'EADDRINUSE'
    ? fail(`${host}:${port} is taken by another program`, `End it, or set ${name} to another number.`)
    : fail(`${host}:${port} cannot be listened on (${code})`, `Correct HOST or ${name}.`);
}

async function refusal(host: string, port: number): Promise<string | null> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown';
  } finally {
    server.close();
  }
}

/** Whether what listens there says of itself what our processes say. */
export async function saysReady(send: Send, url: string): Promise<boolean> {
  const signal = AbortSignal.timeout(patience);
  const asked = await send('GET', new URL(`${url}/health/live`), {}, null, { timeout: patience, signal });
  return asked.status === 200 && (JSON.parse(asked.text) as { status?: unknown }).status === 'live';
}

/** Whether what listens there shows the certificate of the settings; who vouches for it is not asked. */
export async function showsCertificate(
  { host, port }: { readonly host: string; readonly port: number },
  cert: NonNullable<Config['tlsCert']>,
): Promise<boolean> {
  const socket = connect({ host, port, rejectUnauthorized: false, timeout: patience });
  socket.once('timeout', () => socket.destroy(new Error('It does not answer.')));
  try {
    await once(socket, 'secureConnect');
    return socket.getPeerX509Certificate()?.fingerprint256 === new X509Certificate(cert).fingerprint256;
  } finally {
    socket.destroy();
  }
}
