// What a backend has already: its RecallKit, its settings, and its own way to know who calls.
import { createRecallKit, silentLogger } from "@recallkit/core";
import type { Authorize } from "@recallkit/http";
import { plantPushDocument } from "recallkit/contract";

export const port = Number(process.env.PORT ?? 3000);
/** Where the routes begin. */
export const basePath = process.env.BASE_PATH ?? "/recall";

// In memory here; a backend of yours opens the stores of its database.
export const kit = createRecallKit({ logger: silentLogger });
await plantPushDocument(kit);

/** A session of one's own: here a header, for you a cookie or a token. */
export const authorize: Authorize = (request) => {
  const user = request.headers.get("x-user");
  return user === null ? null : { tenantId: 1, actor: `user:${user}`, permissions: "all" };
};
