import type { AttributeName, attributes, EntityName, SystemName } from '../schema/generated/contracts.ts';
import type { Lens, Mapped } from './lens.ts';

/** The attributes of which a system keeps a copy, by `copiedTo` of their owners. */
type Copied<E extends EntityName, S extends SystemName> = {
  [A in AttributeName<E>]: (typeof attributes)[E][A] extends {
    readonly write: { readonly copiedTo: readonly (infer T)[] };
  }
    ? S extends T
      ? A
      : never
    : never;
}[AttributeName<E>];

/**
 * One lens for every attribute that is owned elsewhere and copied to system `S`; `Values` is the entity as its owners
 * have it. A copy gives back all of the value that was put. To leave one out, or to name one that is not copied, is a
 * type error.
 */
export type Copies<E extends EntityName, S extends SystemName, Values extends object, R> = {
  readonly [A in Copied<E, S>]: A extends keyof Values
    ? Lens<R, Mapped<NonNullable<Values[A]>, { readonly __typename?: E }>>
    : never;
};
