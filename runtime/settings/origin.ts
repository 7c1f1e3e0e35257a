type Environment = Readonly<Record<string, string | undefined>>;

/** Where things are set: the environment counts before the file `.env`. */
export interface Places {
  readonly environment: Environment;
  readonly file: Environment;
}

/** Where the value of a setting is from, e.g. `environment`, `.env`, `file /run/pass (.env)`, `default`. Pure. */
export function originOf(name: string, { environment, file }: Places): string {
  for (const variable of [name, `${name}_FILE`]) {
    // An empty value of the environment hides that of the file, and counts as none.
    const place = variable in environment ? 'environment' : '.env';
    const value = (place === '.env' ? file : environment)[variable] ?? '';
    if (value !== '') return variable === name ? place : `file ${value} (${place})`;
  }
  return 'default';
}

/** Names in the file `.env` that are no settings: probably misspelt ones. Pure. */
export function strangersIn(
  file: Environment,
  known: readonly { readonly name: string; readonly secret: boolean }[],
): string[] {
  const names = new Set(known.flatMap(({ name, secret }) => (secret ? [name, `${name}_FILE`] : [name])));
  return Object.keys(file).filter((name) => !names.has(name));
}

/** A value as it would be written; who logs in by a URL is left out. Pure. */
export function writtenAs(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (value instanceof Map)
    return [...value].map(([name, one]) => `${String(name)}=${String(one)}`).join(',');
  const text = value instanceof Set || Array.isArray(value) ? [...value].join(',') : String(value);
  return text.replaceAll(/\/\/[^/@\s,]*@/g, '//(secret)@');
}
