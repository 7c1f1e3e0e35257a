import { z } from 'zod';
import type { HintedRows } from '../lists.ts';
import type { Message } from '../sandbox/hook.ts';
import { eventOf } from './event-routes.ts';

/** An event of the billing system, as its feed has them; of the object no more than what it is about. */
const event = z.object({
  type: z.string(),
  data: z.object({
    object: z.object({ id: z.string(), object: z.string(), customer: z.string().optional() }),
  }),
});

/** An event of the billing system. */
export const message: Message = (happening) => eventOf(happening as Parameters<typeof eventOf>[0]);

/** The customers that an event is about. */
export function hintedIn(body: unknown): readonly HintedRows[] | null {
  const { data } = event.safeParse(body);
  if (!data) return null;
  const { id, object, customer } = data.data.object;
  if (object === 'customer') return [{ key: id }];
  return customer === undefined ? [] : [{ key: customer, moved: [object] }];
}
