import type { Sender } from '../events/index.ts';
import { billing } from './billing/index.ts';
import { crm } from './crm/index.ts';
import { erp } from './erp/index.ts';
import type { Surroundings, System, SystemModule } from './system.ts';
import type { Wire } from './wire.ts';

/** A system of record whose own records nobody outside its folder needs to know. */
export interface Registered extends Pick<
  SystemModule<never, never>,
  'name' | 'system' | 'sandbox' | 'hinted'
> {
  /** Opens the system as its sandbox serves it, over a wire to it. */
  readonly open: (wire: Wire, surroundings: Omit<Surroundings<never, never>, 'connector'>) => System;
}

function registered<R extends object, Rows extends object>(system: SystemModule<R, Rows>): Registered {
  const { name, sandbox, hinted, connect, open } = system;
  return {
    name,
    system: system.system,
    sandbox,
    hinted,
    open: (wire, surroundings) => open({ connector: connect(wire), ...surroundings }),
  };
}

/** Every system of record. A new one is a folder of the same files, and a line here. */
export const systems: readonly Registered[] = [registered(crm), registered(erp), registered(billing)];

/** The systems as senders of messages, by their names; with the secrets that each of them may sign with. */
export function sendersWith(secrets: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, Sender> {
  return new Map(
    systems.map(({ name, system, hinted }) => [name, { system, hinted, secrets: secrets.get(name) ?? [] }]),
  );
}
