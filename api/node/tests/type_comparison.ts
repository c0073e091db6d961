/** Comparing types at compile time. */

/** Compiles only if T is `true`. */
export type Assert<T extends true> = T;

export type Probe<X> = <T>() => T extends X ? 1 : 2;

/** Whether two types are the same one: not only assignable, and `any` equals nothing else. */
export type Same<A, B> = Probe<Flat<A>> extends Probe<Flat<B>> ? true : false;

/** Intersections and aliases resolved, all the way down. */
export type Flat<T> =
  IsAny<T> extends true
    ? 'any'
    : T extends (...args: infer A) => infer R
      ? (args: Flat<A>) => Flat<R>
      : T extends Promise<infer P>
        ? { promised: Flat<P> }
        : T extends object
          ? { [K in keyof T]: Flat<T[K]> }
          : T;

/** The fields K of each of the types T, made optional. */
export type Optional<T, K extends PropertyKey> = T extends unknown
  ? Omit<T, K> & Partial<Pick<T, Extract<keyof T, K>>>
  : never;

export type Assignable<From, To> = [From] extends [To] ? true : false;
export type IsAny<T> = 0 extends 1 & T ? true : false;
