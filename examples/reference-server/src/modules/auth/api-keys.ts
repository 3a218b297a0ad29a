import { NotFoundError } from "@recallkit/core";
import { sha256Hex } from "@recallkit/core/ports";
import type { ServerContext } from "../../frame/context.js";
import { type ApiKey, deleteApiKey, insertApiKey } from "./api-key-store.js";
import { newApiKey } from "./login.js";

const SHOWN_CHARACTERS = 8;

/** Makes a key. Its secret is in the answer and nowhere else. */
export async function createApiKey(
  context: Pick<ServerContext, "stores" | "clock" | "random">,
  key: {
    readonly tenantId: number;
    readonly name: string;
    readonly scopes: readonly string[];
    readonly expiresAt: number | null;
    readonly createdBy: string;
  },
): Promise<ApiKey & { readonly token: string }> {
  const token = newApiKey(context);
  const facts = { ...key, tokenStart: token.slice(0, SHOWN_CHARACTERS), createdAt: context.clock.now() };
  const id = await insertApiKey(context.stores, { ...facts, tokenHash: sha256Hex(token) });
  return { ...facts, id, usedAt: null, token };
}

/** Takes a key back; the next call with it is refused. @throws {NotFoundError} `api-key.not-found` */
export async function revokeApiKey(
  { stores }: Pick<ServerContext, "stores">,
  { tenantId, id }: { readonly tenantId: number; readonly id: number },
): Promise<void> {
  if (await deleteApiKey(stores, tenantId, id)) return;
  throw new NotFoundError("api-key.not-found", `no API key ${id}`);
}
