import { onEveryWire, type Subject } from './connector-bench.ts';
import { erases } from './connector-erasing.ts';
import { troubles } from './connector-faults.ts';
import { feeds } from './connector-feed.ts';
import { reads } from './connector-reads.ts';
import { records } from './connector-records.ts';
import { writes } from './connector-writes.ts';

/**
 * The contract of the connector port: what a connector declares is what it does, against its system in this process and
 * over HTTP, on every store. A connector that claims a capability it lacks fails.
 */
export function connectorSuite<R extends object, Rows extends object>(subject: Subject<R, Rows>): void {
  onEveryWire(subject, [reads, writes, records, erases, feeds, troubles]);
}
