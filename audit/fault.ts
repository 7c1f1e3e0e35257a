/** What is wrong with the audit, and from which position on. */
export interface Fault {
  readonly position: string;
  readonly sentence: string;
}
