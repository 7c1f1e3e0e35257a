const inherited = new Set(Object.getOwnPropertyNames(Object.prototype));

/** Source text that reads a property; a field may be called `constructor`, and is then not the inherited one. */
export function read(object: string, key: string): string {
  const name = JSON.stringify(key);
  return inherited.has(key)
    ? `(Object.hasOwn(${object}, ${name}) ? ${object}[${name}] : undefined)`
    : `${object}[${name}]`;
}

/**
 * Makes a function out of source text that sees `scope` by name. Names in the text come from GraphQL documents that
 * are parsed and validated; everything else in it goes through JSON.stringify.
 */
export function evaluate(source: string, scope: Readonly<Record<string, unknown>>): unknown {
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  const make = new Function(...Object.keys(scope), `'use strict';\n${source}`) as (
    ...values: unknown[]
  ) => unknown;
  return make(...Object.values(scope));
}
