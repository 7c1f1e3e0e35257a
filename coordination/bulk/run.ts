import { checkText } from '../../runtime/file/text.ts';
import { openRejects } from '../../runtime/file/rejects.ts';
import { createHttp } from '../../runtime/http.ts';
import { progressLine } from '../../runtime/terminal/progress.ts';
import { exitCodeOf, interrupted, type Terminal } from '../../runtime/terminal/terminal.ts';
import { writeArguments, writeHelp, type WriteOrder } from './arguments.ts';
import { doneRows } from './done.ts';
import { openDoor, realPause, type Pause } from './door.ts';
import { watchOutcomes } from './outcomes.ts';
import { emptyTally, summaryOf, unsuccessful, type Tally } from './report.ts';
import { beginningOf, keepResume, readSnapshot, type Snapshot } from './resume.ts';
import { refusalText, sendRows } from './send.ts';
import { openSource, type Source } from './source.ts';

/** Where writing is run; `pause` stands for the time that it waits. */
export interface WriteTerminal extends Terminal {
  readonly pause?: Pause;
}

/**
 * `npm run write`, as a function.
 * @returns the exit code: 0 all lines are written, 2 some were refused or not carried out, 1 nothing could be done, 130
 * stopped
 */
export function runWrite(given: readonly string[], terminal: WriteTerminal): Promise<number> {
  return exitCodeOf(async () => {
    const asked = writeArguments(given);
    if (asked.help) {
      terminal.out.write(writeHelp);
      return 0;
    }
    const { encoding, lines } = await checkText(asked);
    // Before anybody is asked: what is wrong with the header needs no server.
    const source = await openSource({ ...asked, encoding });
    const http = createHttp({ connections: asked.concurrency + 1 });
    try {
      return await writeFile(asked, { source, lines, post: http.post, terminal });
    } finally {
      await http.close();
    }
  }, terminal.err);
}

interface Means {
  readonly source: Source;
  /** Lines of the file, roughly its rows. */
  readonly lines: number;
  readonly post: ReturnType<typeof createHttp>['post'];
  readonly terminal: WriteTerminal;
}

async function writeFile(order: WriteOrder, { source, lines, post, terminal }: Means): Promise<number> {
  const { out, err, signal, pause = realPause } = terminal;
  const { file, name, url, wait, resumeFile } = order;
  const begun = await readSnapshot(resumeFile, { file, name, url: url.href });
  const sending = progressLine(err, { total: lines, noun: 'lines' });
  const say = (line: string) => {
    sending.end();
    err.write(`${line}\n`);
  };
  const door = openDoor({ ...order, post, signal, say, pause });
  await door.greet();
  if (begun) say(resumedText(begun));

  const rejects = order.rejects === null ? null : await openRejects(order.rejects, begun?.rejected);
  if (rejects?.size === 0) rejects.add(source.rejectsHeader);
  const done = doneRows(begun?.through, begun?.beyond);
  const tally = begun?.tally ?? emptyTally();
  const mark = { name, url: url.href, beginning: await beginningOf(file) };
  const keeper = keepResume(resumeFile, mark, {
    snapshot: () => ({
      ...{ through: done.through, beyond: done.beyond(), tally },
      ...{ open: outcomes.open(), rejected: rejects?.size ?? 0 },
    }),
    flush: () => rejects?.flush() ?? Promise.resolve(),
  });
  const skipped = tally.accepted + tally.refused;
  let waiting: ReturnType<typeof progressLine> | undefined;
  const over = () => tally.accepted - outcomes.size;
  const outcomes = watchOutcomes(
    {
      ...{ door, tally, pause, signal },
      observe() {
        waiting?.show(over(), 0);
        return keeper.touch();
      },
    },
    begun?.open ?? [],
  );

  try {
    await sendRows(source.rows(), {
      ...{ order, door, done, tally, outcomes, signal },
      refuse(row, reasons) {
        sending.end();
        err.write(refusalText(row, reasons));
        rejects?.add(row.rejected(reasons));
      },
      full(open) {
        say(`${open.toLocaleString('en')} accepted writes are not over: waiting for half of them.`);
      },
      observe({ line }) {
        if (line < lines) sending.show(line, skipped);
        return keeper.touch();
      },
    });
    sending.end();
    if (wait && !signal.aborted && outcomes.size > 0) {
      await keeper.save();
      waiting = progressLine(err, { total: tally.accepted, noun: 'writes over' });
      await outcomes.settle(0);
    }
  } catch (error) {
    say(`${doneText(tally)}; the same command goes on from there.`);
    throw error;
  } finally {
    sending.end();
    waiting?.end();
    await keeper.save().finally(() => rejects?.close());
  }

  out.write(summaryOf(tally, { wait, name }));
  if (signal.aborted) {
    out.write('Stopped; run the same command again to go on.\n');
    return interrupted;
  }
  await keeper.remove();
  const failed = tally.refused + (wait ? unsuccessful(tally) : 0);
  if (tally.refused > 0 && order.rejects !== null)
    out.write(`The refused lines are in ${order.rejects}: mend them and give that file.\n`);
  return failed > 0 ? 2 : 0;
}

function resumedText({ tally, open }: Snapshot): string {
  const still =
    open.length === 0 ? '' : `; ${open.length.toLocaleString('en')} of those accepted are not over`;
  return `Going on with an earlier run: ${doneText(tally)} so far${still}.`;
}

function doneText({ accepted, refused }: Tally): string {
  return `${accepted.toLocaleString('en')} accepted, ${refused.toLocaleString('en')} refused`;
}
