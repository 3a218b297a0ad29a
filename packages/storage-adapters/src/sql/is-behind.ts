import type { ListPosition } from "@recallkit/core/ports";
import { type RawBuilder, type SqlBool, sql } from "kysely";

/** Rows behind a position of a list that is ordered by an instant and an id, newest first. */
export function isBehind(at: string, id: string, position: ListPosition): RawBuilder<SqlBool> {
  const [instant, row] = [sql.ref(at), sql.ref(id)];
  return sql<SqlBool>`(${instant} < ${position.at} or (${instant} = ${position.at} and ${row} < ${position.id}))`;
}
