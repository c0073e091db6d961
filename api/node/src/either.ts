type Only<T, U> = { [P in keyof T]: T[P] } & { [P in keyof U]?: never };

/** The fields of T or the fields of U, never both. */
export type Either<T, U> = Only<T, U> | Only<U, T>;
