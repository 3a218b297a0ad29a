import { type Call, type HttpContext, type Reply, reply } from "@recallkit/http";
import { findLink } from "./service.js";
import { landingSettings } from "./settings.js";

/** The logo of the merchant whose link it is. */
export async function openLogo(
  call: Pick<Call, "ip" | "language"> & { readonly context: HttpContext },
  token: string,
): Promise<Reply> {
  const found = await findLink(call, token);
  if (typeof found === "string") return reply(Buffer.alloc(0), { status: found === "wait" ? 429 : 404 });
  const { stores } = call.context;
  const { logo } = await landingSettings(stores, found.tenantId);
  const image = logo && (await stores.media.get(found.tenantId, logo.slice("media:".length)));
  if (!image) return reply(Buffer.alloc(0), { status: 404 });
  return reply(Buffer.from(image.bytes), {
    headers: { "content-type": image.contentType, "cache-control": "private, max-age=86400" },
  });
}
