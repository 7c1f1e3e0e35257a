import { pino, type Level } from 'pino';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

type LogLevel = Level | 'silent';
type Fields = Readonly<Record<string, unknown>>;
type Write = (message: string, fields?: Fields) => void;

/**
 * Structured lines. What a message is about goes into fields, never into the message; an Error goes under `error`.
 * Values of attributes, variables and headers are never logged.
 */
export interface Logger {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
  /** The same, with fields that every line carries, e.g. `{ correlationId }`. */
  with(fields: Fields): Logger;
}

export interface LoggerOptions {
  readonly level: LogLevel;
  /** JSON lines for machines; without it a readable line for people. */
  readonly json: boolean;
  /** Where lines go; standard output without. */
  readonly write?: (line: string) => void;
}

/** Names of fields that hold secrets, in lower case; they are masked at any depth. */
const SECRET = new Set([
  'authorization',
  'cookie',
  'databaseurl',
  'passsecret',
  'password',
  'secret',
  'set-cookie',
  'token',
]);

/** The library's own redaction by paths costs six times the line itself. */
function masked(fields: Fields): Fields {
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields)) {
    if (SECRET.has(key.toLowerCase())) result[key] = '(secret)';
    else if (isPlain(value)) result[key] = masked(value);
    else result[key] = value;
  }
  return result;
}

const isPlain = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

export function createLogger({ level, json, write }: LoggerOptions): Logger {
  const toLine = write ?? ((line: string) => process.stdout.write(line));
  const destination = {
    write(line: string) {
      toLine(json ? line : readable(line));
    },
  };
  const root = pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: errorFields },
    },
    destination,
  );
  const over = (inner: pino.Logger): Logger => {
    const at =
      (name: Level): Write =>
      (message, fields = {}) => {
        inner[name](masked(fields), message);
      };
    return {
      debug: at('debug'),
      info: at('info'),
      warn: at('warn'),
      error: at('error'),
      with: (fields) => over(inner.child(masked(fields))),
    };
  };
  return over(root);
}

/** An error as fields, with what caused it. */
function errorFields(error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return error;
  const { message, code, stack, cause, errors } = error as Partial<AggregateError> & { code?: unknown };
  return {
    ...{ message, code, stack },
    ...(cause === undefined ? {} : { cause: errorFields(cause) }),
    ...(Array.isArray(errors) ? { errors: errors.slice(0, 10).map(errorFields) } : {}),
  };
}

/** `12:30:01.123 warn The message. key=value`, with an error's stack below. */
function readable(line: string): string {
  const { level, time, message, error, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const pairs = Object.entries(fields).map(([key, value]) => `${key}=${shown(value)}`);
  const below = framesOf(error).map((frame) => `\n    ${shown(frame)}`);
  return `${[shown(time).slice(11, 23), shown(level).padEnd(5), shown(message), ...pairs].join(' ')}${below.join('')}\n`;
}

function framesOf(error: unknown): string[] {
  if (error === undefined) return [];
  if (typeof error !== 'object' || error === null) return [JSON.stringify(error)];
  const { stack, cause, errors = [] } = error as { stack?: unknown; cause?: unknown; errors?: unknown[] };
  const own = typeof stack === 'string' ? stack.split('\n') : [JSON.stringify(error)];
  const reasons = cause === undefined ? errors : [cause, ...errors];
  return [...own, ...reasons.flatMap((reason) => ['because of', ...framesOf(reason)])];
}

/** Control characters would let a value forge a line of its own. */
const shown = (value: unknown): string =>
  (typeof value === 'string' ? value : JSON.stringify(value)).replace(/[\u0000-\u001f\u007f]+/g, ' ');

/** The only labels a metric may have: all of them with few values, and none of them about a person. */
export type Label =
  | 'system'
  | 'kind'
  | 'code'
  | 'outcome'
  | 'method'
  | 'status'
  | 'state'
  | 'stage'
  | 'role'
  | 'age'
  | 'attribute';
export type Labels<L extends Label> = Readonly<Record<L, string>>;

type Read<L extends Label> = () =>
  Iterable<readonly [Labels<L>, number]> | Promise<Iterable<readonly [Labels<L>, number]>>;

/** How many values there were, and how they were spread. */
export interface Distribution {
  /** How many were at most so large, in the order of `upTo`; the last is Infinity, with all of them. */
  readonly buckets: readonly { readonly upTo: number; readonly count: number }[];
  readonly sum: number;
}

export interface Metrics {
  /** Names a count, ending in `_total`; call the result to add one, or `by`. */
  counter<L extends Label>(
    name: string,
    about: string,
    labels: readonly L[],
  ): (labels: Labels<L>, by?: number) => void;
  /** Names a distribution in base units, e.g. seconds; call the result with each value. */
  histogram<L extends Label>(
    name: string,
    about: string,
    labels: readonly L[],
    buckets: readonly number[],
  ): (labels: Labels<L>, value: number) => void;
  /** Names a state that is read when somebody asks. */
  gauge<L extends Label>(name: string, about: string, labels: readonly L[], read: Read<L>): void;
  /** Names a count that is kept elsewhere, ending in `_total`, and read when somebody asks. */
  tally<L extends Label>(name: string, about: string, labels: readonly L[], read: Read<L>): void;
  /** Names a distribution that is kept elsewhere, in base units, and read when somebody asks. */
  distribution(name: string, about: string, read: () => Promise<Distribution>): void;
  /** Everything in Prometheus' text format. */
  text(): Promise<string>;
  readonly contentType: string;
}

/** A distribution as Prometheus has it. */
function lines(name: string, { buckets, sum }: Distribution) {
  const bucket = (upTo: number, value: number) => ({
    metricName: `${name}_bucket`,
    labels: { le: upTo === Infinity ? '+Inf' : upTo },
    value,
  });
  return [
    ...buckets.map(({ upTo, count }) => bucket(upTo, count)),
    { metricName: `${name}_sum`, labels: {}, value: sum },
    { metricName: `${name}_count`, labels: {}, value: buckets.at(-1)?.count ?? 0 },
  ];
}

/** Metrics of one process, those of Node.js itself included. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const described = <L extends Label>(name: string, help: string, labelNames: readonly L[]) => ({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
  });
  return {
    counter(name, about, labels) {
      const counter = new Counter(described(name, about, labels));
      return (values, by = 1) => {
        counter.inc(values, by);
      };
    },
    histogram(name, about, labels, buckets) {
      const histogram = new Histogram({ ...described(name, about, labels), buckets: [...buckets] });
      return (values, value) => {
        histogram.observe(values, value);
      };
    },
    gauge(name, about, labels, read) {
      const gauge = new Gauge({
        ...described(name, about, labels),
        async collect() {
          const values = await read();
          gauge.reset();
          for (const [label, value] of values) gauge.set(label, value);
        },
      });
    },
    tally(name, about, labels, read) {
      const counter = new Counter({
        ...described(name, about, labels),
        async collect() {
          const values = await read();
          counter.reset();
          for (const [label, value] of values) counter.inc(label, value);
        },
      });
    },
    distribution(name, about, read) {
      // The library counts values one by one as they come; here they are counted already.
      const shape = new Histogram({ name, help: about, registers: [] });
      const shown = new Gauge<'le'>({ name, help: about, labelNames: ['le'], registers: [registry] });
      shown.get = async () => ({ ...(await shape.get()), values: lines(name, await read()) });
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
