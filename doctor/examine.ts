import { list } from '../gateway/documents/store.ts';
import type { Config } from '../runtime/config.ts';
import type { Db } from '../runtime/db/index.ts';
import { createHttp, type Http } from '../runtime/http.ts';
import { systems } from '../subgraphs/index.ts';
import { storeClock } from './clock.ts';
import { fail, ok, warn, type Finding, type Found } from './finding.ts';
import { auditKey, certificate } from './keys.ts';
import { elsewhere, issuerOf, redis } from './network.ts';
import { portOf, saysReady, showsCertificate } from './port.ts';
import { exposure } from './program.ts';
import { look, schemaOf } from './store.ts';
import { systemOf } from './systems.ts';

/** Looks at everything that a process with this configuration stands on, and changes nothing. Never rejects. */
export async function examine(config: Config): Promise<readonly Finding[]> {
  const http = createHttp();
  const { db, found } = await look(config).catch(() => ({ found: unseen, db: undefined }));
  try {
    const [stored, around] = await Promise.all([db ? inStore(config, db) : [], aroundIt(config, http)]);
    return [{ check: 'store', ...found }, ...stored, ...around];
  } finally {
    await http.close();
    await db?.close();
  }
}

const unseen = fail('this could not be looked at', 'Look into the log of a process, or ask for help.');

/** A look that comes to its end whatever it meets. What it met may hold a secret, and is not shown. */
async function named(check: string, looking: () => Found | Promise<Found>): Promise<Finding> {
  try {
    return { check, ...(await looking()) };
  } catch {
    return { check, ...unseen };
  }
}

async function inStore(config: Config, db: Db): Promise<readonly Finding[]> {
  const clock = await named('clock', () => storeClock(db));
  const schema = await named('migrations', () => schemaOf(db));
  if (schema.verdict !== 'OK') return [clock, schema];
  const here = systems.filter(({ name }) => config.roles.has(name as never));
  const answers: Finding[] = [];
  for (const system of here) answers.push(await named(system.name, () => systemOf(system, db)));
  return [clock, schema, await named('documents', () => documents(config, db)), ...answers];
}

async function documents({ trustedDocuments, roles }: Config, db: Db): Promise<Found> {
  if (!roles.has('gateway')) return ok('the gateway is elsewhere');
  const { length } = await list(db);
  const says = `${length} published documents; TRUSTED_DOCUMENTS is ${trustedDocuments}`;
  return trustedDocuments === 'only' && length === 0
    ? warn(`${says}: no client but this program's own is answered`, 'npm run operations -- publish FILE…')
    : ok(says);
}

async function aroundIt(config: Config, http: Http): Promise<readonly Finding[]> {
  const { host, port, sandboxPort, tlsCert, redisUrl } = config;
  const site = host.includes(':') ? `[${host}]` : host;
  const door = named('port', () =>
    portOf('PORT', { host, port }, () =>
      tlsCert === undefined
        ? saysReady(http.send, `http://${site}:${port}`)
        : showsCertificate({ host, port }, tlsCert),
    ),
  );
  const sandbox = { host: '127.0.0.1', port: Number(sandboxPort) };
  const served = sandboxPort !== 'off' && systems.some(({ name }) => config.roles.has(name as never));
  const gateway = config.roles.has('gateway');
  const found = await Promise.all([
    door,
    ...(served
      ? [
          named('sandbox', () =>
            portOf('SANDBOX_PORT', sandbox, () => saysReady(http.send, `http://127.0.0.1:${sandbox.port}`)),
          ),
        ]
      : []),
    ...(redisUrl === undefined ? [] : [named('redis', () => redis(redisUrl))]),
    ...[...config.remotes].map(([name, url]) =>
      named(name, () => elsewhere(name, url, http, config.passSecret)),
    ),
    named('tls', () => certificate(config, Date.now())),
    named('audit', () => auditKey(config)),
    ...(gateway ? [named('exposure', () => exposure(config))] : []),
  ]);
  const issuers = await Promise.all(config.issuers.map((issuer) => issuerOf(issuer, http)));
  return [...found, ...issuers.flat().map((one) => ({ check: 'tokens', ...one }))];
}
