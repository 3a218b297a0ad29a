import { ConflictError, InputError, NotFoundError } from "@recallkit/core";
import { HttpError } from "@recallkit/http";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import type { ServerContext } from "../../frame/context.js";
import { repeatIfTaken } from "../../frame/repeat-if-taken.js";
import type { Role } from "../../frame/roles.js";
import { hashInTurn } from "./login.js";
import type { PasswordCost } from "./password.js";
import {
  findMember,
  insertUser,
  isNameTaken,
  type Member,
  type MemberStatus,
  otherAdmins,
  removeMember,
  replacePassword,
  tenantsOf,
  updateMember,
} from "./store.js";

type UsersContext = Pick<ServerContext, "stores" | "clock" | "passwordCost">;

/** What the one who asks may do. */
export interface Manager {
  readonly tenantId: number;
  /** People of the platform may give that role and change people of several tenants. */
  readonly isPlatform: boolean;
}

/** A user to be made, with a password or a hash that an older system kept. */
export interface NewUser {
  readonly username: string;
  readonly role: Role;
  readonly password: string | { readonly hash: string };
}

/**
 * Adds a user to the manager's tenant.
 *
 * @throws {ConflictError} `user.name-taken`. @throws {HttpError} 403 `auth.forbidden`: the role is not theirs to give
 */
export async function createUser(context: UsersContext, by: Manager, user: NewUser): Promise<Member> {
  const { stores, clock, passwordCost } = context;
  const { username, role, password } = user;
  mayGive(by, role);
  const passwordHash = await hashOf(password, passwordCost);
  return stores.transaction(async (tx) => {
    if (await isNameTaken(tx, username)) throw new ConflictError("user.name-taken", "another user has this name");
    const at = clock.now();
    const user = { username, passwordHash, tenantId: by.tenantId, role, at };
    const id = await repeatIfTaken(() => insertUser(tx, user));
    return { id, username, role, status: "active" as const, createdAt: at };
  });
}

async function hashOf(password: NewUser["password"], cost: PasswordCost): Promise<string> {
  return typeof password === "string" ? hashInTurn(password, cost) : password.hash;
}

/** What may be changed of a user; absent fields stay. */
export interface UserPatch {
  readonly role?: Role | undefined;
  readonly status?: MemberStatus | undefined;
  readonly password?: string | undefined;
}

/**
 * Changes a user of the manager's tenant; their sessions end.
 *
 * @throws {NotFoundError} `user.not-found`. @throws {ConflictError} `user.last-admin`, `user.shared`
 */
export async function editUser(context: UsersContext, by: Manager, userId: number, patch: UserPatch): Promise<Member> {
  const { stores, clock, passwordCost } = context;
  const { role, status, password } = patch;
  if (role !== undefined) mayGive(by, role);
  await memberOf(stores, by, userId);
  const passwordHash = password === undefined ? undefined : await hashInTurn(password, passwordCost);
  return stores.transaction(async (tx) => {
    await inTurn(tx, by);
    const member = await memberOf(tx, by, userId);
    const staysAdmin = isAdmin(role ?? member.role) && (status ?? member.status) === "active";
    if (!staysAdmin) await refuseLastAdmin(tx, by, member);
    if (passwordHash !== undefined) {
      if (!by.isPlatform && (await tenantsOf(tx, userId)) > 1) {
        throw new ConflictError("user.shared", "the user belongs to other tenants too");
      }
      await replacePassword(tx, { userId, passwordHash, at: clock.now() });
    }
    if (role !== undefined || status !== undefined) {
      const changes = { ...(role !== undefined && { role }), ...(status !== undefined && { status }) };
      await updateMember(tx, { tenantId: by.tenantId, userId }, changes);
    }
    return memberOf(tx, by, userId);
  });
}

/** Takes a user out of the manager's tenant. @throws {NotFoundError} `user.not-found`. @throws {ConflictError} `user.last-admin` */
export async function removeUser({ stores }: Pick<UsersContext, "stores">, by: Manager, userId: number): Promise<void> {
  await stores.transaction(async (tx) => {
    await inTurn(tx, by);
    const member = await memberOf(tx, by, userId);
    await refuseLastAdmin(tx, by, member);
    await removeMember(tx, { tenantId: by.tenantId, userId });
  });
}

/** One user of the manager's tenant. @throws {NotFoundError} `user.not-found` */
export async function memberOf(
  stores: Pick<SqlStores, "sql">,
  { tenantId, isPlatform }: Manager,
  userId: number,
): Promise<Member> {
  const member = await findMember(stores, tenantId, userId);
  // An admin neither changes nor removes people who stand above them.
  if (!member || (member.role === "platform" && !isPlatform)) {
    throw new NotFoundError("user.not-found", `no user ${userId}`);
  }
  return member;
}

/** Changes of a tenant's users come one after the other: each looks who else may manage them. */
async function inTurn(tx: Pick<SqlStores, "tenants">, { tenantId }: Manager): Promise<void> {
  await tx.tenants.get(tenantId, "exclusive");
}

async function refuseLastAdmin(tx: Pick<SqlStores, "sql">, by: Manager, member: Member): Promise<void> {
  if (!isAdmin(member.role) || member.status !== "active") return;
  if ((await otherAdmins(tx, { tenantId: by.tenantId, userId: member.id })) > 0) return;
  throw new ConflictError("user.last-admin", "the tenant needs somebody who manages it");
}

function isAdmin(role: Role): boolean {
  return role === "admin" || role === "platform";
}

function mayGive({ isPlatform }: Manager, role: Role): void {
  if (role === "platform" && !isPlatform) throw new HttpError(403, "auth.forbidden");
}

/** A fault of one field of a body. */
export function fieldFault(path: string, code: string, message: string): InputError {
  return new InputError([{ path, code, message }]);
}
