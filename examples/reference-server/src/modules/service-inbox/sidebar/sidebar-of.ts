import { BOOTSTRAP_TENANT_ID } from "@recallkit/core/ports";
import { HttpError } from "@recallkit/http";
import { type WecomSidebar, wecomSidebar } from "@recallkit/wecom";
import type { ServerContext } from "../../../frame/context.js";

/** Pages of an app live as long as its account stays the same: they keep its tickets. */
const kept = new WeakMap<object, { readonly stamp: string; readonly sidebar: WecomSidebar }>();

/**
 * The pages of the first tenant's app.
 *
 * @throws {HttpError} 404 `sidebar.missing`: no app, or nobody has said where the pages are
 */
export async function sidebarOf(context: ServerContext): Promise<WecomSidebar> {
  const account = await context.wecomAccount(BOOTSTRAP_TENANT_ID);
  const publicUrl = context.config.links?.publicUrl;
  if (account?.agentId === undefined || publicUrl === undefined) throw new HttpError(404, "sidebar.missing");
  const { corpId, secret, baseUrl, agentId } = account;
  const stamp = JSON.stringify([corpId, secret, baseUrl, agentId, publicUrl]);
  const known = kept.get(context);
  if (known?.stamp === stamp) return known.sidebar;
  const { clock, logger, random, keys } = context;
  const sidebar = wecomSidebar({
    ...{ corpId, secret, baseUrl, agentId, clock, logger, random },
    redirectUri: `${publicUrl.replace(/\/$/, "")}/sidebar/finish`,
    secretKey: Buffer.from(keys.derive("sidebar", BOOTSTRAP_TENANT_ID)).toString("hex"),
  });
  kept.set(context, { stamp, sidebar });
  return sidebar;
}

/** A request as the pages read it: only its address and its cookies count. */
export function asRequest(
  path: string,
  query: Readonly<Record<string, string | undefined>>,
  cookie: string | undefined,
): Request {
  const url = new URL(path, "http://127.0.0.1");
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
  return new Request(url, { headers: cookie === undefined ? {} : { cookie } });
}
