/** Milliseconds between two lines where lines are not written over each other. */
const interval = 5000;

/** Where progress is shown. */
export interface Screen {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

/** A count that grows, shown with its rate and the time that is left: one line on a terminal, else a line now and then. */
export interface ProgressLine {
  /** @param done how many are done; the rate is counted from `skipped` on, which cost nothing */
  show(done: number, skipped: number): void;
  /** Ends the line. */
  end(): void;
}

/** @param noun what is counted, in the plural */
export function progressLine(
  screen: Screen,
  { total, noun, now = () => performance.now() }: { total: number; noun: string; now?: () => number },
): ProgressLine {
  const begun = now();
  let last = begun;
  let open = false;
  return {
    show(done, skipped) {
      const at = now();
      const complete = done >= total;
      if (!complete && screen.isTTY !== true && at - last < interval) return;
      last = at;
      const text = progressText({ done, skipped, total, noun, seconds: (at - begun) / 1000 });
      screen.write(screen.isTTY ? `\r${text}\u001b[K` : `${text}\n`);
      open = screen.isTTY === true;
    },
    end() {
      if (open) screen.write('\n');
      open = false;
    },
  };
}

/** Such as `12,000 of 200,000 customers (6 %), 2,400 a second, 1 min 18 s left`. */
export function progressText(at: {
  readonly done: number;
  readonly skipped: number;
  readonly total: number;
  readonly noun: string;
  readonly seconds: number;
}): string {
  const { done, skipped, total, noun, seconds } = at;
  const count = (number: number) => Math.round(number).toLocaleString('en');
  const share = total === 0 ? 100 : Math.floor((done / total) * 100);
  const rate = seconds > 0 ? (done - skipped) / seconds : 0;
  const left = done < total && rate > 0 ? `, ${duration((total - done) / rate)} left` : '';
  const speed = rate > 0 ? `, ${count(rate)} a second` : '';
  return `${count(done)} of ${count(total)} ${noun} (${share} %)${speed}${left}`;
}

/** Such as `1 min 18 s`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [minutes, rest] = [Math.floor(whole / 60), whole % 60];
  if (minutes === 0) return `${rest} s`;
  return minutes < 60 ? `${minutes} min ${rest} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
