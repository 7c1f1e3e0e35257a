export { webhookDoor, type Hinted, type Sender } from './door.ts';
export { unknownDecided } from './decided.ts';
export { hint } from './hints.ts';
export { startReaders } from './readers.ts';
export { startSweeps } from './sweep.ts';
