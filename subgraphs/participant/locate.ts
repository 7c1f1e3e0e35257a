import type { RequestContext } from '../../runtime/context.ts';
import { callOf } from '../call.ts';
import type { Versioned } from '../connector.ts';
import { present, type Part } from './part.ts';

/**
 * The system's record of an entity, whole: the one that the register has, or the one that names the entity; null where
 * there is neither. The register is told of what it does not know yet: a record that was made a moment before the
 * process ended that had it made, or one that was taken away.
 */
export async function located<R extends object, Rows extends object>(
  part: Part<R, Rows>,
  context: RequestContext,
  entityId: string,
): Promise<Versioned<Partial<R>> | null> {
  const { connector, crossing, guard, whole } = part;
  const [key = null] = await crossing.keysOf(context, [entityId]);
  const known = key === null ? null : await present(part, context, key, whole);
  if (known) return known;
  const find = (signal: AbortSignal) => connector.find(entityId, callOf(context, signal));
  const found = await guard(context, find, { retry: true });
  if (key !== null) await crossing.unlink(context, entityId, key);
  if (found) await crossing.link(context, entityId, found.key);
  return found;
}
