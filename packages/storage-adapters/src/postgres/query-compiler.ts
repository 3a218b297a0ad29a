import { type CompiledQuery, PostgresQueryCompiler, type QueryId, type RootOperationNode } from "kysely";
import { isHostStatement } from "../sql/host-statements.js";

/**
 * Writes placeholders with the type of their value, so that PostgreSQL need not guess it from the place: a whole number
 * is `$1::int8`, a fraction `$1::float8`; a text takes the type of its place. In the application's own statements every value does, as it is used to.
 */
export class TypedQueryCompiler extends PostgresQueryCompiler {
  #isHost = false;

  override compileQuery(node: RootOperationNode, queryId: QueryId): CompiledQuery {
    this.#isHost = isHostStatement(queryId);
    return super.compileQuery(node, queryId);
  }

  protected override appendValue(parameter: unknown): void {
    super.appendValue(parameter);
    if (this.#isHost) return;
    if (typeof parameter === "number" || typeof parameter === "bigint" || typeof parameter === "boolean") {
      const isWhole = typeof parameter !== "number" || Number.isInteger(parameter);
      this.append(isWhole ? "::int8" : "::float8");
    }
  }
}
