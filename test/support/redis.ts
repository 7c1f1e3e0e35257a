import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { afterAll, describe, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { testServices } from '../../runtime/config.ts';

const NOT_RUN = 'not run: Redis suites (there is no redis-server to start)';
const found = spawnSync('redis-server', ['--version']).status === 0;

/** A Redis server of one's own, which may be killed and wiped. */
export interface OwnRedis {
  readonly url: string;
  /** Starts it again, empty, at the same address. */
  start(): Promise<void>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  /** Makes it hang, and go on. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): Promise<void>;
  command(name: string, ...parameters: (string | number)[]): Promise<unknown>;
}

/** Defines a suite that starts Redis servers, or says that it is not run. */
export function onRedis(suite: (open: () => Promise<OwnRedis>) => void): void {
  if (found) {
    describe('with a Redis server', () => {
      const opened: OwnRedis[] = [];
      suite(async () => {
        const redis = await openRedis();
        opened.push(redis);
        return redis;
      });
      afterAll(() => Promise.all(opened.map((redis) => redis.kill())));
    });
    return;
  }
  if (testServices().required)
    test('a Redis server', () => {
      throw new Error(NOT_RUN);
    });
  else process.stderr.write(`${NOT_RUN}\n`);
}

async function openRedis(): Promise<OwnRedis> {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let running: ChildProcess | undefined;
  const redis: OwnRedis = {
    url,
    async start() {
      const options = { port, bind: '127.0.0.1', save: '', appendonly: 'no' };
      const argv = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
      const child = spawn('redis-server', argv, { cwd: '/', stdio: ['ignore', 'pipe', 'ignore'] });
      running = child;
      for await (const line of createInterface(child.stdout)) if (line.includes('Ready to accept')) break;
      child.stdout.resume();
    },
    async kill() {
      if (running?.exitCode !== null || running.signalCode !== null) return;
      const ended = once(running, 'exit');
      running.kill('SIGKILL');
      await ended;
    },
    signal(name) {
      running?.kill(name);
      return Promise.resolve();
    },
    async command(name, ...parameters) {
      const client = new Redis(url);
      try {
        return await client.call(name, ...parameters);
      } finally {
        client.disconnect();
      }
    },
  };
  await redis.start();
  return redis;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
