import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Db } from '../../runtime/db/index.ts';
import type { Wire } from '../../subgraphs/wire.ts';
import { erpConnector } from '../../subgraphs/erp/connector.ts';
import { partnerNumber } from '../../subgraphs/erp/partner-routes.ts';
import { withStores } from '../support/store.ts';
import { alfreds, call, erpOver, openErpStore } from './erp-store.ts';

withStores((open) => {
  let db: Db;
  let erp: ReturnType<typeof erpOver>;

  beforeAll(async () => {
    db = await openErpStore(open);
  });
  beforeEach(async () => {
    await db.script('truncate erp_business_partner, sandbox_history');
    erp = erpOver(db);
  });

  const load = (count: number) =>
    erp.tables.partners.load(
      Array.from({ length: count }, (_, i) => ({
        key: partnerNumber(i + 1),
        body: { ...alfreds, ExternalReference: `account ${i + 1}` },
      })),
    );

  /** Changes partners past the ERP's own clock. */
  const stamped = (set: string, number?: number) =>
    db.script(`alter table erp_business_partner disable trigger user;
      update erp_business_partner set ${set} ${number === undefined ? '' : `where key = '${partnerNumber(number)}'`};
      alter table erp_business_partner enable trigger user`);

  /** Reads to the end of the feed; gives what came, in order, and where to go on. */
  async function drain(
    since: string | null,
    connector = erp.connector,
    betweenPages: () => Promise<unknown> = () => Promise.resolve(),
  ) {
    const seen: { key: string; version: string }[] = [];
    let place = since;
    for (;;) {
      const { changed, next, more } = await connector.changes(place, call);
      for (const one of changed) if ('record' in one) seen.push({ key: one.key, version: one.version });
      place = next;
      if (!more) return { seen, next: place };
      await betweenPages();
    }
  }

  const rename = (number: number) =>
    erp.connector.update(partnerNumber(number), { OrganizationBPName1: `Renamed ${number}` }, {}, call);

  test('the feed pages through partners that all share one second, each of them once', async () => {
    await load(1201);
    const [stamps] = await db.query<{ count: string }>(
      'select count(distinct modified) from erp_business_partner',
    );
    expect(stamps?.count).toBe('1');
    const { seen } = await drain(null);
    expect(seen).toHaveLength(1201);
    expect(new Set(seen.map(({ key }) => key)).size).toBe(1201);
  });

  test('a change in the same second as the last one that was read is found', async () => {
    await load(2);
    await rename(2);
    const first = await drain(null);
    const { version } = await rename(1);
    const second = await drain(first.next);
    expect(second.seen).toContainEqual({ key: partnerNumber(1), version });
  });

  test('a change behind the place of reading, before its second is over, is found by the next reading', async () => {
    await load(501);
    const now = '2026-03-01T09:30:00Z';
    await stamped(`modified = '${now}'`);
    let minutes = 0;
    const minuteByMinute: Wire = async (request, asked) => {
      const answer = await erp.sandbox.wire(request, asked);
      return {
        ...answer,
        headers: { ...answer.headers, date: new Date(Date.parse(now) + 60_000 * minutes++).toUTCString() },
      };
    };
    const connector = erpConnector(minuteByMinute);
    const first = await drain(null, connector, async () => {
      await stamped(`version = 2`, 1);
      await stamped(`modified = modified + interval '1 second'`, 501);
    });
    const late = { key: partnerNumber(1), version: 'W/"2"' };
    expect(first.seen).not.toContainEqual(late);
    expect(first.seen.at(-1)?.key).toBe(partnerNumber(501));
    expect((await drain(first.next, connector)).seen).toContainEqual(late);
  });

  test('when nothing changes any more the feed has nothing to tell', async () => {
    await load(3);
    await stamped(`modified = modified - interval '1 minute'`);
    const first = await drain(null);
    expect(first.seen).toHaveLength(3);
    expect((await drain(first.next)).seen).toEqual([]);
  });

  test('an archived partner comes as a change', async () => {
    await load(1);
    await erp.api('DELETE', `/A_BusinessPartner/${partnerNumber(1)}`);
    const { changed } = await erp.connector.changes(null, call);
    expect(changed).toMatchObject([{ key: partnerNumber(1), record: { IsMarkedForArchiving: true } }]);
  });

  test('an ERP that does not say what time it is cannot be followed', async () => {
    const timeless: Wire = () =>
      Promise.resolve({ status: 200, headers: {}, body: { value: [], more: false } });
    await expect(erpConnector(timeless).changes(null, call)).rejects.toMatchObject({
      code: 'SYSTEM_UNAVAILABLE',
    });
  });
});
