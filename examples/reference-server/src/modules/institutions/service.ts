// What others may use of this module.

import { NotFoundError } from "@recallkit/core";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import type { Session } from "../../frame/session.js";

// A type and not an interface: Kysely wants an index signature, which only types imply.
export type InstitutionTables = {
  rk_institutions: {
    tenant_id: number;
    code: string;
    name: string;
    type: string;
    address: string;
    phone: string;
    email: string;
    status: string;
    row_hash: string | null;
    created_at: number;
    updated_at: number;
  };
};

/** An institution of a chain: a tenant with a code. */
export interface Institution {
  readonly tenantId: number;
  /** As the documents write it: `BJ-HA-001`. */
  readonly code: string;
  readonly name: string;
  /** `诊所`, `医院` …; empty when no file said it. */
  readonly type: string;
  readonly address: string;
  readonly phone: string;
  readonly email: string;
  readonly status: InstitutionStatus;
  /** Of what a file said of it; null: it was entered by hand. */
  readonly rowHash: string | null;
}

/** Nobody of an institution that is not active is contacted. */
export const INSTITUTION_STATUSES = ["active", "inactive"] as const;
export type InstitutionStatus = (typeof INSTITUTION_STATUSES)[number];

type InstitutionDatabase = Pick<SqlStores, "sql">;

function institutionTables({ sql }: InstitutionDatabase) {
  return sql.withTables<InstitutionTables>();
}

function institutions(database: InstitutionDatabase) {
  return institutionTables(database)
    .selectFrom("rk_institutions")
    .select(["tenant_id", "code", "name", "type", "address", "phone", "email", "status", "row_hash"]);
}

type StoredInstitution = Omit<InstitutionTables["rk_institutions"], "created_at" | "updated_at">;

function read({ tenant_id: tenantId, row_hash: rowHash, status, ...rest }: StoredInstitution): Institution {
  return { ...rest, tenantId, rowHash, status: status === "active" ? "active" : "inactive" };
}

/** An institution by its code, whoever asks. */
export async function institutionOf(database: InstitutionDatabase, code: string): Promise<Institution | undefined> {
  const row = await institutions(database).where("code", "=", code).executeTakeFirst();
  return row && read(row);
}

/** The institution that a tenant is. */
export async function institutionOfTenant(
  database: InstitutionDatabase,
  tenantId: number,
): Promise<Institution | undefined> {
  const row = await institutions(database).where("tenant_id", "=", tenantId).executeTakeFirst();
  return row && read(row);
}

/** All institutions by code. A chain has tens of them, seldom hundreds. */
export async function allInstitutions(database: InstitutionDatabase): Promise<readonly Institution[]> {
  return (await institutions(database).orderBy("code").execute()).map(read);
}

/**
 * The institution that a path names, as far as the caller may see it: people of the platform see all, the others their own.
 *
 * @throws {NotFoundError} `institution.not-found`: there is none, or it is somebody else's
 */
export async function visibleInstitution(
  database: InstitutionDatabase,
  { tenantId, role }: Pick<Session, "tenantId" | "role">,
  code: string,
): Promise<Institution> {
  const found = await institutionOf(database, code);
  if (found && (role === "platform" || found.tenantId === tenantId)) return found;
  throw new NotFoundError("institution.not-found", "no such institution");
}

/** Institutions that the caller may see, by code. */
export async function visibleInstitutions(
  database: InstitutionDatabase,
  { tenantId, role }: Pick<Session, "tenantId" | "role">,
): Promise<readonly Institution[]> {
  if (role === "platform") return allInstitutions(database);
  const own = await institutionOfTenant(database, tenantId);
  return own ? [own] : [];
}

/** Keeps what is known of an institution; inside the transaction of the caller when there is one. */
export async function putInstitution(
  database: InstitutionDatabase,
  { tenantId, rowHash, ...facts }: Institution,
  at: number,
): Promise<void> {
  const tables = institutionTables(database);
  const set = { ...facts, row_hash: rowHash, updated_at: at };
  const done = await tables
    .updateTable("rk_institutions")
    .set(set)
    .where("tenant_id", "=", tenantId)
    .executeTakeFirst();
  if (done.numUpdatedRows > 0n) return;
  await tables
    .insertInto("rk_institutions")
    .values({ ...set, tenant_id: tenantId, created_at: at })
    .execute();
}
