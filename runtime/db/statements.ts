/** Statements kept prepared per connection, at most; what is composed anew each time stays out by not repeating. */
const LIMIT = 500;
/** Texts remembered as seen once. */
const MEMORY = 2000;

/** Decides which statements are worth a prepared one: those that come a second time, up to a limit. */
export function statementNames(): { nameOf(sql: string): string | undefined; forget(): void } {
  const names = new Map<string, string>();
  const once = new Set<string>();
  let count = 0;
  return {
    nameOf(sql) {
      const known = names.get(sql);
      if (known !== undefined || names.size >= LIMIT) return known;
      if (!once.delete(sql)) {
        if (once.size >= MEMORY) once.clear();
        once.add(sql);
        return undefined;
      }
      const name = `s${++count}`;
      names.set(sql, name);
      return name;
    },
    /** Names every statement anew: a change of the schema has made prepared ones useless. */
    forget() {
      names.clear();
    },
  };
}

/** Whether a prepared statement failed only because the schema has changed since it was prepared. */
export const isStale = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  error.code === '0A000' &&
  error.message === 'cached plan must not change result type';
