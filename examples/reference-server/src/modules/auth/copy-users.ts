import { ConflictError } from "@recallkit/core";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { tables } from "./tables.js";

/**
 * Copies the people who belong to a tenant to another database, with their ids and passwords.
 *
 * @throws {ConflictError} `copy.user-taken`: the target has another user of the id or the name
 */
export async function copyUsers(from: SqlStores, to: SqlStores, tenantId: number): Promise<void> {
  const users = await tables(from)
    .selectFrom("rk_users as u")
    .innerJoin("rk_memberships as m", "m.user_id", "u.id")
    .select(["u.id as id", "u.username as username", "u.password_hash as password_hash"])
    .select(["u.created_at as created_at", "u.updated_at as updated_at"])
    .where("m.tenant_id", "=", tenantId)
    .orderBy("u.id")
    .execute();
  await to.transaction(async (tx) => {
    for (const user of users) {
      const there = await tables(tx)
        .selectFrom("rk_users")
        .select(["id", "username"])
        .where((is) => is.or([is("id", "=", user.id), is("username", "=", user.username)]))
        .execute();
      if (there.length === 0) await tables(tx).insertInto("rk_users").values(user).execute();
      else if (there.length > 1 || there[0]?.id !== user.id || there[0].username !== user.username) {
        throw new ConflictError("copy.user-taken", `the target has another user of the id ${user.id} or its name`);
      }
    }
  });
  await to.rows.renumber({ name: "rk_users", key: ["id"], isNumbered: true });
}
