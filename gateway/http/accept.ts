/** The two media types of an answer. */
export type MediaType = 'application/json' | 'application/graphql-response+json';

const json: MediaType = 'application/json';
const response: MediaType = 'application/graphql-response+json';

interface Range {
  readonly type: string;
  readonly quality: number;
}

/** How well a media type is wanted, and how exactly it was named: 3 by name, 2 by `application/*`, 1 by a star alone. */
interface Wanted {
  readonly quality: number;
  readonly exactness: number;
}

/**
 * The media type that an `Accept` header asks for, or undefined where it admits neither. Without a header, or with
 * wildcards only, it is `application/json`, as older clients expect; between equals the newer type wins.
 */
export function negotiate(accept: string | undefined): MediaType | undefined {
  if (accept === undefined) return json;
  const known = negotiated.get(accept);
  if (known !== undefined || negotiated.has(accept)) return known;
  const chosen = choose(accept);
  if (negotiated.size < 200) negotiated.set(accept, chosen);
  return chosen;
}

/** Clients send few different headers; this keeps parsing off the hot path. */
const negotiated = new Map<string, MediaType | undefined>();

/** Whether an `Accept` header names streams of events. */
export function acceptsEvents(accept: string | undefined): boolean {
  if (!accept?.toLowerCase().includes(events)) return false;
  return rangesOf(accept).some(({ type, quality }) => type === events && quality > 0);
}

const events = 'text/event-stream';

function choose(accept: string): MediaType | undefined {
  const ranges = rangesOf(accept);
  const newer = wanted(response, ranges);
  const older = wanted(json, ranges);
  if (newer.quality <= 0 && older.quality <= 0) return undefined;
  if (newer.quality !== older.quality) return newer.quality > older.quality ? response : json;
  return newer.exactness === 3 ? response : json;
}

function wanted(type: MediaType, ranges: readonly Range[]): Wanted {
  let best: Wanted = { quality: 0, exactness: 0 };
  for (const range of ranges) {
    const exactness =
      range.type === type ? 3 : range.type === 'application/*' ? 2 : range.type === '*/*' ? 1 : 0;
    if (exactness > best.exactness) best = { quality: range.quality, exactness };
  }
  return best;
}

function rangesOf(accept: string): Range[] {
  return (accept.match(/(?:[^,"]|"[^"]*")+/g) ?? []).flatMap((text) => {
    const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
    const value = (name: string) =>
      parameters.find((parameter) => parameter.startsWith(`${name}=`))?.slice(name.length + 1);
    const charset = value('charset')?.replaceAll('"', '');
    if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8') return [];
    const quality = Number(value('q') ?? '1');
    return quality >= 0 && quality <= 1 ? [{ type, quality }] : [];
  });
}

/** Whether a request's `Content-Type` is JSON in UTF-8. */
export function isJson(contentType: string | undefined): boolean {
  if (contentType === undefined) return false;
  if (contentType === json) return true;
  const [type = '', ...parameters] = contentType.split(';').map((part) => part.trim().toLowerCase());
  return (
    type === json &&
    parameters.every(
      (parameter) => !parameter.startsWith('charset=') || /^charset="?utf-?8"?$/.test(parameter),
    )
  );
}
