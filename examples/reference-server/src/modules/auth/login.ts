import { sha256Hex } from "@recallkit/core/ports";
import { HttpError, type Visit } from "@recallkit/http";
import type { ServerContext } from "../../frame/context.js";
import { perTurn } from "../../frame/per-turn.js";
import type { Session } from "../../frame/session.js";
import { recordAudit } from "../audit/service.js";
import { sessionOfApiKey } from "./api-key-store.js";
import { tokenOfCookie } from "./browser-session.js";
import { forgetFailures, reserveAttempt } from "./lock-out.js";
import { loginQueue } from "./login-queue.js";
import { hashPassword, isOutdated, type PasswordCost, verifyPassword } from "./password.js";
import { findSession, insertSession } from "./session-store.js";
import { findUser, type UserRecord, upgradeHash } from "./store.js";

/** How long a login lasts. */
export const SESSION_MS = 7 * 86_400_000;
const TOKEN_BYTES = 32;
const API_KEY_START = "rk_";
const MAX_AGENT = 255;

/** What a login answers with. */
export interface Login {
  readonly token: string;
  /** Name of the merchant. */
  readonly merchantName: string;
}

/** Who wants in, and from where. */
export interface LoginRequest {
  readonly username: string;
  readonly password: string;
  /** @default the user's tenant with the lowest id */
  readonly tenantId?: number | undefined;
  readonly ip?: string;
  readonly agent?: string;
  readonly requestId?: string;
}

type AuthContext = Pick<ServerContext, "stores" | "clock" | "random" | "passwordCost">;

const inTurn = loginQueue();
const decoys = new Map<string, Promise<string>>();

/**
 * Opens a session of 7 days in the user's tenant. A wrong name costs as much time as a wrong password, and a hash of an
 * older system or of a lower cost is replaced.
 *
 * @throws {HttpError} 401 `auth.wrong-credentials`; 429 `auth.locked`, `auth.slowed`; 503 `auth.busy`
 */
export async function logIn(context: AuthContext, request: LoginRequest): Promise<Login> {
  const { stores, clock, passwordCost } = context;
  const { username, password, tenantId, ip = "" } = request;
  // The attempt is counted in its turn, so that people of one office who log in together do not lock each other out.
  return inTurn(async () => {
    const reservedAt = clock.now();
    const { isLast } = await reserveAttempt(stores, { username, ip }, reservedAt);
    const user = await findUser(stores, username, tenantId);
    const hash = user?.passwordHash ?? (await decoyHash(passwordCost));
    if (user && (await verifyPassword(password, hash))) return openSession(context, request, user, reservedAt);
    // An old hash is cheap to check; the answer must not tell that the user has one.
    if (user && isOutdated(hash, passwordCost)) await verifyPassword(password, await decoyHash(passwordCost));
    else if (!user) await verifyPassword(password, hash);
    if (user) await note(context, request, user, isLast ? "auth.locked" : "auth.login-failed");
    throw new HttpError(401, "auth.wrong-credentials");
  });
}

async function openSession(
  context: AuthContext,
  request: LoginRequest,
  user: UserRecord,
  reservedAt: number,
): Promise<Login> {
  const { stores, clock, random, passwordCost } = context;
  const { username, password, ip = "", agent = "" } = request;
  const { userId, tenantId, passwordHash: from } = user;
  const better = isOutdated(from, passwordCost) ? await hashPassword(password, passwordCost) : undefined;
  const token = Buffer.from(random.bytes(TOKEN_BYTES)).toString("base64url");
  await stores.transaction(async (tx) => {
    const createdAt = clock.now();
    if (better !== undefined) await upgradeHash(tx, { userId, from, to: better });
    await forgetFailures(tx, { username, ip }, reservedAt);
    await insertSession(tx, {
      tokenHash: sha256Hex(token),
      tenantId,
      userId,
      ip,
      agent: agent.slice(0, MAX_AGENT),
      createdAt,
      expiresAt: createdAt + SESSION_MS,
    });
    await note({ ...context, stores: tx }, request, user, "auth.login");
  });
  const tenant = await stores.tenants.get(tenantId);
  return { token, merchantName: tenant?.name ?? username };
}

function note(
  { stores, clock }: Pick<AuthContext, "stores" | "clock">,
  { username, ip, requestId }: LoginRequest,
  { userId, tenantId }: UserRecord,
  action: string,
): Promise<void> {
  const isIn = action === "auth.login";
  return recordAudit(stores, {
    tenantId,
    actor: isIn ? `user:${userId}` : "anonymous",
    actorName: isIn ? username : null,
    action,
    target: String(userId),
    requestId: requestId ?? null,
    ip: ip ?? null,
    at: clock.now(),
  });
}

/**
 * Who calls, by the bearer token of a request or the cookie of our pages; null for nobody.
 *
 * @throws {HttpError} 403 `auth.foreign-page`
 */
export async function sessionOfVisit(
  visit: Visit,
  context: Pick<ServerContext, "stores" | "clock" | "roles">,
): Promise<Session | null> {
  const authorization = visit.header("authorization");
  const token =
    authorization === undefined ? tokenOfCookie(visit) : /^Bearer +([\w-]{16,128})$/i.exec(authorization)?.[1];
  return token === undefined ? null : ((await sessionOfToken(token, context)) ?? null);
}

type LookUp = (token: string) => Promise<Session | undefined>;

/** What looks sessions up, of each server. */
const lookUps = new WeakMap<object, LookUp>();

/** The session of a bearer token or API key, unless it is unknown, taken back or has expired. */
export function sessionOfToken(
  token: string,
  context: Pick<ServerContext, "stores" | "clock" | "roles">,
): Promise<Session | undefined> {
  const { stores, clock, roles } = context;
  const find: LookUp = (name) => {
    const hash = sha256Hex(name);
    const isApiKey = name.startsWith(API_KEY_START) && name.length === apiKeyLength();
    const now = clock.now();
    return isApiKey
      ? sessionOfApiKey(stores, hash, { now, known: roles.apiKeyScopes })
      : findSession(stores, hash, { now, roles });
  };
  // A program has many requests under way with one token, a page a dozen: those of one turn look it up once.
  const known = lookUps.get(context) ?? perTurn(find);
  lookUps.set(context, known);
  return known(token);
}

/** A new API key: `rk_` and 256 random bits. */
export function newApiKey({ random }: Pick<AuthContext, "random">): string {
  return API_KEY_START + Buffer.from(random.bytes(TOKEN_BYTES)).toString("base64url");
}

function apiKeyLength(): number {
  return API_KEY_START.length + Math.ceil((TOKEN_BYTES * 4) / 3);
}

/** Runs what hashes passwords in turn with logins, since each needs 128 MB. @throws {HttpError} 503 `auth.busy` */
export function hashInTurn(password: string, cost: PasswordCost): Promise<string> {
  return inTurn(() => hashPassword(password, cost));
}

/** A hash that no password fits, made once per cost. */
function decoyHash(cost: PasswordCost): Promise<string> {
  const key = JSON.stringify(cost);
  const made = decoys.get(key) ?? hashPassword("", cost);
  decoys.set(key, made);
  return made;
}
