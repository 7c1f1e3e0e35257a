/** What the processes of the benchmark tell each other. Numbers of one child since its start. */
export interface Usage {
  /** Microseconds, user and system together. */
  readonly cpu: number;
  /** Peak resident memory in bytes. */
  readonly peak: number;
  /** Resident memory now, in bytes. */
  readonly resident: number;
  /** Requests that it has answered, where it counts them. */
  readonly requests: number;
}

export type Told = { readonly port: number } | { readonly usage: Usage } | { readonly failed: string };

/** Tells the parent where this process listens, and answers its questions; ends when the parent is gone. */
export function report(port: number, requests: () => number = () => 0): void {
  answerUsage(requests);
  process.on('SIGTERM', () => process.exit(0));
  tell({ port });
}

/** Answers the parent's questions; ends when the parent is gone. */
export function answerUsage(requests: () => number): void {
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    tell({
      usage: {
        cpu: user + system,
        peak: process.resourceUsage().maxRSS * 1024,
        resident: process.memoryUsage.rss(),
        requests: requests(),
      },
    });
  });
  process.on('disconnect', () => process.exit(0));
}

export function tell(told: Told): void {
  process.send?.(told);
}
