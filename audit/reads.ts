import type { Principal } from '../runtime/principal.ts';
import type { Db } from '../runtime/db/index.ts';
import { entryOf, type AuditEntry, type RequestName } from './entry.ts';
import { record } from './record.ts';

/** Personal data that was shown whole in one answer. */
export interface Read {
  readonly principal: Principal;
  /** Name of the operation; null where it has none. */
  readonly operation: string | null;
  /** Coordinates, such as `Contact.email`; at least one. */
  readonly personal: readonly string[];
  /** Why it was shown to somebody who would have seen it masked; absent for who may always see it. */
  readonly unmaskReason?: string | undefined;
  readonly correlationId: string;
  readonly traceparent: string | null;
}

/** Reads on their way into the audit: gathered for a moment and stored together. */
export interface Reads {
  /** Whether personal data may be shown: not while the store has taken no reads for long, or more than can be kept. */
  mayShow(): boolean;
  note(read: Read): void;
  /** Stores what was gathered; what the store does not take now is lost. */
  stop(): Promise<void>;
}

export interface ReadsOptions {
  readonly db: Db;
  /** Told of batches that could not be stored; they are tried again. */
  readonly failed: (error: unknown) => void;
  readonly pace?: ReadsPace;
}

export interface ReadsPace {
  /** Milliseconds for which a read is kept before it is stored, and after which it is tried again. */
  readonly delay: number;
  /** Reads after which they are stored at once. */
  readonly batch: number;
  /** Reads that are kept at most while the store does not take them, and milliseconds for which they are. */
  readonly most: number;
  readonly patience: number;
}

const usualPace: ReadsPace = { delay: 100, batch: 500, most: 20_000, patience: 10_000 };
/** Requests that one entry names at most. */
const requestsPerEntry = 100;

/** Begins to gather. */
export function gatherReads({ db, failed, pace = usualPace }: ReadsOptions): Reads {
  let gathered: Read[] = [];
  /** How many are on their way into the store. */
  let leaving = 0;
  let storing: Promise<void> | undefined;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  /** By `performance.now()`: since when the store takes none. */
  let refusedSince: number | undefined;

  async function storeAll(): Promise<void> {
    while (gathered.length > 0) {
      const batch = gathered;
      gathered = [];
      leaving = batch.length;
      try {
        await record(db, entriesOf(batch));
        refusedSince = undefined;
      } catch (error) {
        gathered = [...batch, ...gathered];
        refusedSince ??= performance.now();
        failed(error);
        return;
      } finally {
        leaving = 0;
      }
    }
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    return (storing ??= storeAll().then(() => {
      storing = undefined;
      if (gathered.length > 0 && !stopped) later();
    }));
  }
  function later(): void {
    timer ??= setTimeout(() => void flush(), refusedSince === undefined ? pace.delay : pace.delay * 10);
  }

  return {
    mayShow() {
      const refused = refusedSince === undefined ? 0 : performance.now() - refusedSince;
      return gathered.length + leaving < pace.most && refused < pace.patience;
    },
    note(read) {
      gathered.push(read);
      if (gathered.length === pace.batch && refusedSince === undefined) void flush();
      else later();
    },
    async stop() {
      stopped = true;
      await storing;
      await flush();
    },
  };
}

/** Reads as entries: the same read of the same caller within one batch is one, with a name for each request; an unmasking is always one of its own. Pure. */
export function entriesOf(reads: readonly Read[]): readonly AuditEntry[] {
  const entries: AuditEntry[] = [];
  const open = new Map<string, RequestName[]>();
  for (const read of reads) {
    const { principal, operation, personal, unmaskReason = null } = read;
    const entry = entryOf(read, {
      action: unmaskReason === null ? 'READ_PERSONAL' : 'UNMASK',
      ...{ operation, attributes: personal, reason: unmaskReason },
    });
    const key = JSON.stringify([principal.subject, principal.client, operation, personal]);
    const known = unmaskReason === null ? open.get(key) : undefined;
    if (known && known.length < requestsPerEntry) {
      known.push(...entry.requests);
      continue;
    }
    const requests = [...entry.requests];
    if (unmaskReason === null) open.set(key, requests);
    entries.push({ ...entry, requests });
  }
  return entries;
}
