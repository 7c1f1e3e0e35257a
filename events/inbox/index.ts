export { webhookDoor, type Hinted, type Sender } from './door.ts';
export { hint, type Hint, type Messenger } from './hints.ts';
export { startReaders, type Readers } from './readers.ts';
export type { Source } from './reread.ts';
export { startSweeps, type Swept } from './sweep.ts';
