import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A PostgreSQL server of a test's own, which may end as servers do. */
export interface OwnServer {
  /** Of its database `postgres`. */
  readonly url: string;
  /** Ends it, with whatever runs, and starts it again: `immediate` is a crash, after which it recovers. */
  restart(how: 'fast' | 'immediate'): Promise<void>;
  /** Ends it for good, and removes what it has stored. */
  remove(): Promise<void>;
}

const run = promisify(execFile);
const root = '/usr/lib/postgresql';

/** Where the newest installed server has its programs; undefined where none is installed. */
function programs(): string | undefined {
  const versions = existsSync(root) ? readdirSync(root) : [];
  return versions
    .sort((one, other) => Number(other) - Number(one))
    .map((version) => join(root, version, 'bin'))
    .find((folder) => existsSync(join(folder, 'initdb')));
}

/** The server refuses to run as root. */
function owner(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const idOf = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Makes and starts a server; null where none is installed. It never outlives this process. */
export async function startServer(): Promise<OwnServer | null> {
  const bin = programs();
  if (bin === undefined) return null;
  const as = owner();
  const folder = await mkdtemp(join(tmpdir(), 'customer-graph-server-'));
  if (as.uid !== undefined && as.gid !== undefined) await chown(folder, as.uid, as.gid);
  const store = join(folder, 'data');
  const port = await freePort();
  const options = { ...as, cwd: folder };
  await run(
    join(bin, 'initdb'),
    ['-D', store, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--no-locale', '--no-sync'],
    options,
  );
  const settings = `-p ${port} -k ${folder} -c listen_addresses=127.0.0.1`;
  const control = (...what: string[]) =>
    run(join(bin, 'pg_ctl'), ['-D', store, '-w', '-s', '-l', join(folder, 'log'), ...what], options);
  await control('-o', settings, 'start');
  const end = (): void => {
    execFileSync(join(bin, 'pg_ctl'), ['-D', store, '-s', '-m', 'immediate', 'stop'], options);
  };
  process.once('exit', end);
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    restart: async (how) => {
      await control('-m', how, 'restart');
    },
    async remove() {
      process.removeListener('exit', end);
      end();
      await rm(folder, { recursive: true });
    },
  };
}
