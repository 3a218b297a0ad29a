import { type Call, type HttpContext, type Reply, reply } from "@recallkit/http";
import { brandBehind } from "./look.js";
import { unsubscribePage } from "./pages.js";
import { BASE, barePage, findLink } from "./service.js";

type RefuseCall = Pick<Call, "headers" | "ip" | "language"> & { readonly context: HttpContext };

/** The page on which a person ends messages; looking at it changes nothing, since programs look at links too. */
export async function askToRefuse(call: RefuseCall, token: string): Promise<Reply> {
  const found = await findLink(call, token);
  if (typeof found === "string") return barePage(call, found);
  // Nobody in particular: what many have can't speak for one of them.
  if (found.link.kind === "shared") return barePage(call, "unknown");
  return pageFor(call, found.tenantId, { token, channel: found.link.channel, isDone: false });
}

/** What came with it: the page's button, or a mail program's one click. */
export interface RefuseForm {
  readonly scope?: "channel" | "all" | undefined;
  readonly "List-Unsubscribe"?: string | undefined;
}

/** Ends messages: by the button of the page, or by the one click of a mail program. @see https://www.rfc-editor.org/rfc/rfc8058 */
export async function refuse(call: RefuseCall, token: string, form: RefuseForm): Promise<Reply> {
  const found = await findLink(call, token);
  if (typeof found === "string") return barePage(call, found);
  const { links } = call.context.kit.forTenant(found.tenantId);
  const outcome = await links.unsubscribe(token, form.scope === "all" ? { channel: "*" } : {});
  if (outcome.kind !== "unsubscribed" && outcome.kind !== "repeated") return barePage(call, "unknown");
  if (form["List-Unsubscribe"] === "One-Click") return reply("");
  return pageFor(call, found.tenantId, { token, channel: outcome.channel, isDone: true });
}

/** The same page behind a message, which lies a folder deeper; looking at it changes nothing. */
export async function askToRefuseMessages(call: RefuseCall, token: string): Promise<Reply> {
  const found = await call.context.kit.unsubscribeMessage(token, { isLook: true });
  if (found.kind === "unknown") return unknownMessages(call);
  return messagePage(call, found.tenantId, { token, channel: found.channel, category: found.category, isDone: false });
}

/** The page of whoever has refused. */
export function refusedMessages(
  call: RefuseCall,
  tenantId: number,
  what: { readonly token: string; readonly channel: string; readonly category: string | undefined },
): Promise<Reply> {
  return messagePage(call, tenantId, { ...what, isDone: true });
}

/** There is no such message. */
export function unknownMessages(call: RefuseCall): ReturnType<typeof barePage> {
  return barePage(call, "unknown");
}

async function messagePage(
  { context, language }: RefuseCall,
  tenantId: number,
  {
    token,
    ...what
  }: {
    readonly token: string;
    readonly channel: string;
    readonly category?: string | undefined;
    readonly isDone: boolean;
  },
): Promise<Reply> {
  const brand = { ...(await brandBehind(context.kit, tenantId)), logo: undefined };
  return unsubscribePage({ ...what, token: `m/${token}`, language, brand, base: `../${BASE}` }, context.ids.next());
}

async function pageFor(
  { context, language }: RefuseCall,
  tenantId: number,
  what: { readonly token: string; readonly channel: string; readonly isDone: boolean },
): Promise<Reply> {
  const brand = { ...(await brandBehind(context.kit, tenantId)), logo: undefined };
  return unsubscribePage({ ...what, language, brand, base: BASE }, context.ids.next());
}
