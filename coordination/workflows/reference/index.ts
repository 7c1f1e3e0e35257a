import { createGuard } from '../../../runtime/guard.ts';
import type { Post } from '../../../runtime/http.ts';
import { embeddedReference } from './embedded.ts';
import type { Reference } from './reference.ts';
import { remoteReference } from './remote.ts';

/** The reference at this address; the one that comes with the product where there is none. */
export function referenceOf(url: string | undefined, post: Post): Reference {
  if (url === undefined) return embeddedReference;
  const guard = createGuard({
    ...{ system: 'reference', concurrency: 8, queue: 100, attempts: 2 },
    breaker: { failures: 5, openFor: 5_000 },
  });
  return remoteReference({ url, post, guard });
}
