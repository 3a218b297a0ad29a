import { createHash } from "node:crypto";
import { StorageError } from "../errors.js";
import type { NewMessage } from "../ports/message-store.js";
import type { MessageContext } from "./accept.js";
import { type InsertedMessage, insertMessage } from "./insert-messages.js";
import type { MessageGathering } from "./message.js";

/** How many sends a message stands for, which every template may say: `{{digest_count}}`. */
export const DIGEST_COUNT = "digest_count";

/** Sends that another one overtook are looked at again so often. */
const MOST_LOOKS = 100;

/** Keeps the row of a send, or finds the message that it is a part of. */
export function acceptRow(
  context: MessageContext,
  row: NewMessage,
  {
    digest,
    throttle,
  }: { readonly digest: MessageGathering | undefined; readonly throttle: MessageGathering | undefined },
): Promise<InsertedMessage> {
  if (digest) return digested(context, row, digest);
  return throttle ? throttled(context, row, throttle) : inserted(context, row);
}

function inserted({ stores, tenantId }: MessageContext, row: NewMessage): Promise<InsertedMessage> {
  return insertMessage(stores, tenantId, row);
}

/** A window's length after the message that went out none follows; the windows only name it. */
async function throttled(
  context: MessageContext,
  row: NewMessage,
  gathering: MessageGathering,
): Promise<InsertedMessage> {
  const { name, window } = windowOf("throttle", row, gathering);
  const [before] = await context.stores.messages.findByKeys(context.tenantId, [`${name}:${window - 1}`]);
  if (before && before.createdAt > row.createdAt - gathering.windowMs) return { message: before, isNew: false };
  return inserted(context, { ...row, requestKey: `${name}:${window}` });
}

/** Until its window ends a message takes further sends in; one that is over already, or cancelled, leaves them to the next window. */
async function digested(
  context: MessageContext,
  row: NewMessage,
  gathering: MessageGathering,
): Promise<InsertedMessage> {
  const { stores, tenantId } = context;
  const { name, window: first } = windowOf("digest", row, gathering);
  const lifeMs = row.expiresAt - row.notBefore;
  for (let look = 0, window = first; look < MOST_LOOKS; look += 1) {
    const notBefore = (window + 1) * gathering.windowMs;
    const { message, isNew } = await inserted(context, {
      ...row,
      requestKey: `${name}:${window}`,
      variables: { ...row.variables, [DIGEST_COUNT]: "1" },
      notBefore,
      expiresAt: notBefore + lifeMs,
    });
    if (isNew) return { message, isNew };
    if (message.state !== "queued") window += 1;
    else {
      const count = Number(message.variables[DIGEST_COUNT] ?? 1) + 1;
      const variables = { ...row.variables, [DIGEST_COUNT]: String(count) };
      if (await stores.messages.revise(tenantId, message, variables, row.createdAt))
        return { message: { ...message, variables, updatedAt: row.createdAt }, isNew };
    }
  }
  throw new StorageError("storage.busy", "too many sends join one message at once", { retryable: true });
}

/** The window of a send, and what its message is called but for the window. Windows begin at multiples of their length since the epoch. */
function windowOf(kind: "digest" | "throttle", row: NewMessage, { key, windowMs }: MessageGathering) {
  // An edited template asks for other values: what it says is another digest.
  const version = kind === "digest" ? row.templateVersion : 0;
  const what = JSON.stringify([row.templateId, version, row.addressHash, windowMs, key]);
  const name = `${kind}:${createHash("sha256").update(what).digest("base64url").slice(0, 32)}`;
  return { name, window: Math.floor(row.createdAt / windowMs) };
}
