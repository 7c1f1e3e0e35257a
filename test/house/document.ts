/** A fenced block of a Markdown document. */
interface Block {
  /** What stands behind the opening fence. */
  readonly info: string;
  readonly text: string;
  /** Lines of the opening and of the closing fence, from 1. */
  readonly from: number;
  readonly to: number;
}

/** What a document tells its reader to run, and what is to come of it. */
export interface Step {
  readonly line: number;
  /** To be run in bash. */
  readonly command: string;
  /** Whether it serves until the end of the document. */
  readonly serves: boolean;
  /** Lines that only the reader runs. */
  readonly left: readonly string[];
  readonly expected?: { readonly kind: 'json' | 'text'; readonly text: string };
}

function blocksOf(document: string): Block[] {
  const blocks: Block[] = [];
  let open: { info: string; from: number; lines: string[] } | undefined;
  for (const [i, line] of document.split('\n').entries()) {
    if (!line.startsWith('```')) open?.lines.push(line);
    else if (!open) open = { info: line.slice(3).trim(), from: i + 1, lines: [] };
    else {
      blocks.push({ info: open.info, from: open.from, to: i + 1, text: open.lines.join('\n') });
      open = undefined;
    }
  }
  if (open) throw new Error(`The block that begins in line ${open.from} does not end.`);
  return blocks;
}

/**
 * The `sh` blocks in their order. `sh start` serves until the end; a `json` or `text` block directly behind an `sh` block
 * is its output. Lines that begin with `npm ci` are left to the reader: they replace what runs the test.
 */
export function stepsOf(document: string): Step[] {
  const lines = document.split('\n');
  const blocks = blocksOf(document);
  return blocks.flatMap((block, i): Step[] => {
    if (block.info !== 'sh' && block.info !== 'sh start') return [];
    const next = blocks[i + 1];
    const behind = next && lines.slice(block.to, next.from - 1).every((line) => line.trim() === '');
    const commands = block.text.split('\n');
    return [
      {
        line: block.from + 1,
        command: commands.filter((line) => !isLeft(line)).join('\n'),
        serves: block.info === 'sh start',
        left: commands.filter(isLeft),
        ...(behind && (next.info === 'json' || next.info === 'text')
          ? { expected: { kind: next.info, text: next.text } }
          : {}),
      },
    ];
  });
}

const isLeft = (line: string): boolean => line.trimStart().startsWith('npm ci');

/** An expected JSON value in which each `"…"` has become what is really there, and each `…` in a text likewise. */
export function filledIn(expected: unknown, actual: unknown): unknown {
  if (expected === '…' && actual !== undefined) return actual;
  if (typeof expected === 'string' && typeof actual === 'string')
    return expected.includes('…') && agrees(expected, actual) ? actual : expected;
  if (Array.isArray(expected))
    return expected.map((one: unknown, i) => filledIn(one, Array.isArray(actual) ? actual[i] : undefined));
  if (!isObject(expected)) return expected;
  const of = isObject(actual) ? actual : {};
  return Object.fromEntries(Object.entries(expected).map(([key, one]) => [key, filledIn(one, of[key])]));
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether a text is as expected: `…` stands for anything within a line, and alone on a line for any lines. */
export function agrees(expected: string, actual: string): boolean {
  const lines = expected.trim().split('\n');
  const pattern = lines.map((line) => (line.trim() === '…' ? '[^]*?' : linePattern(line))).join('\\s*\\n');
  return new RegExp(`^${pattern}$`).test(actual.trim());
}

/** The source of a pattern for an expected line, in which `…` stands for anything. */
export const linePattern = (line: string): string =>
  line
    .trimEnd()
    .replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
    .replaceAll('…', '[^\\n]*');

/** Where a document's links lead, without those to other sites and within the document itself. */
export function relativeLinks(document: string): string[] {
  const links = [...document.matchAll(/\]\(([^)\s#]+)(?:#[^)\s]*)?\)/g)].map(([, target = '']) => target);
  return links.filter((target) => !/^\w+:/.test(target));
}
