import type { Compilable, CompiledQuery, Kysely } from "kysely";
import type { Database } from "../schema/database.js";

/** Stands for a value in a statement that is compiled before there is one. */
class Place {
  constructor(readonly at: number) {}
}

/**
 * A statement whose text never changes, built and compiled with its first run: for look-ups by key, where building costs several
 * times what the database does.
 *
 * @param build the statement for its values, which it only hands on as parameters
 */
export function compiledOnce<V extends readonly (string | number)[], R>(
  db: Kysely<Database>,
  build: (...values: V) => Compilable<R>,
): (...values: V) => Promise<readonly R[]> {
  let compiled: CompiledQuery<R> | undefined;
  return async (...values) => {
    // Whatever takes a value takes a place; neither is looked into.
    compiled ??= build(...(values.map((_, at) => new Place(at)) as unknown as V)).compile();
    const parameters = compiled.parameters.map((one) => (one instanceof Place ? values[one.at] : one));
    return (await db.executeQuery<R>({ ...compiled, parameters })).rows;
  };
}
