import pg from 'pg';

/** Counts what this process sends to a server from now on, begin and commit included. */
export function countStatements(): () => number {
  let sent = 0;
  const { query } = pg.Client.prototype;
  pg.Client.prototype.query = function counted(this: pg.Client, ...parameters: never[]) {
    sent++;
    return Reflect.apply(query, this, parameters) as never;
  } as typeof query;
  return () => sent;
}
