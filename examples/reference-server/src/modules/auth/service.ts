import { sha256Hex } from "@recallkit/core";
import type { ServerContext } from "../../frame/context.js";
import { HttpError } from "../../frame/http-error.js";
import type { Session } from "../../frame/route.js";
import { loginQueue } from "./login-queue.js";
import { DEFAULT_PASSWORD_COST, hashPassword, type PasswordCost, verifyPassword } from "./password.js";
import { findSession, findUser, insertSession } from "./store.js";

const SESSION_MS = 7 * 86_400_000;
const TOKEN_BYTES = 32;

/** What a login answers with. */
export interface Login {
  readonly token: string;
  /** Name of the merchant. */
  readonly merchantName: string;
}

type AuthContext = Pick<ServerContext, "stores" | "clock" | "random">;

const inTurn = loginQueue();
const decoys = new Map<string, Promise<string>>();

/**
 * Opens a session of 7 days in the user's tenant.
 *
 * A wrong name costs as much time as a wrong password.
 *
 * @throws {HttpError} 401 `auth.wrong-credentials`; 503 `auth.busy`
 */
export async function logIn(
  context: AuthContext,
  credentials: { readonly username: string; readonly password: string },
  cost: PasswordCost = DEFAULT_PASSWORD_COST,
): Promise<Login> {
  const { stores, clock, random } = context;
  const user = await findUser(stores, credentials.username);
  const hash = user?.passwordHash ?? (await decoyHash(cost));
  const isRight = await inTurn(() => verifyPassword(credentials.password, hash));
  if (!user || !isRight) throw new HttpError(401, "auth.wrong-credentials");

  const token = Buffer.from(random.bytes(TOKEN_BYTES)).toString("base64url");
  const { userId, tenantId } = user;
  const createdAt = clock.now();
  const session = { tokenHash: sha256Hex(token), tenantId, userId, createdAt, expiresAt: createdAt + SESSION_MS };
  await stores.transaction((tx) => insertSession(tx, session));
  const tenant = await stores.tenants.get(tenantId);
  return { token, merchantName: tenant?.name ?? credentials.username };
}

/** The session of a bearer token, unless it is unknown or has expired. */
export async function sessionOfToken(token: string, { stores, clock }: AuthContext): Promise<Session | undefined> {
  return findSession(stores, sha256Hex(token), clock.now());
}

/** A hash that no password fits, made once per cost. */
function decoyHash(cost: PasswordCost): Promise<string> {
  const key = JSON.stringify(cost);
  const made = decoys.get(key) ?? hashPassword("", cost);
  decoys.set(key, made);
  return made;
}
