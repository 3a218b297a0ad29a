import { PostgresQueryCompiler } from "kysely";

/**
 * Writes placeholders with the type of their value, so that PostgreSQL need not guess it from the place: a whole number
 * is `$1::int8`, a fraction `$1::float8`; a text takes the type of its place.
 */
export class TypedQueryCompiler extends PostgresQueryCompiler {
  protected override appendValue(parameter: unknown): void {
    super.appendValue(parameter);
    if (typeof parameter === "number" || typeof parameter === "bigint" || typeof parameter === "boolean") {
      const isWhole = typeof parameter !== "number" || Number.isInteger(parameter);
      this.append(isWhole ? "::int8" : "::float8");
    }
  }
}
