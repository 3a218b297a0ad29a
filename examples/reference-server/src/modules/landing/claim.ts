import { type Call, type HttpContext, type Reply, reply } from "@recallkit/http";
import { prefersPage } from "./accept.js";
import { PAGE_STATUS } from "./look.js";
import { isOwnOrigin } from "./origin.js";
import { barePage, findLink, pageOf, type Visitor, waitSeconds } from "./service.js";
import { CLAIMED_MESSAGE, type PageState, stateWords } from "./words.js";

/** What a claim is asked with. */
export interface ClaimRequest {
  readonly token: string;
  readonly username?: string | undefined;
}

type ClaimCall = Pick<Call, "headers" | "ip" | "language"> & { readonly context: HttpContext };

/** Claims the coupon of a link: JSON for programs, a page for browsers. */
export async function claimCoupon(call: ClaimCall, { token, username }: ClaimRequest): Promise<Reply> {
  const { context, headers } = call;
  if (!isOwnOrigin(headers, context.kit.linkPlace?.publicUrl)) return refusal(call, "forbidden");
  const found = await findLink(call, token);
  if (typeof found === "string") return refusal(call, found);
  const { tenantId } = found;
  const { links, coupons } = context.kit.forTenant(tenantId);
  const outcome = await coupons.claim({ token, username: username || undefined });
  if (outcome.kind !== "claimed" && outcome.kind !== "repeated") {
    const link = prefersPage(headers) && outcome.kind !== "unknown" ? await links.get(token) : undefined;
    return link ? pageOf(call, { tenantId, link, token }, outcome.kind) : refusal(call, outcome.kind);
  }
  // Whoever claims is there, also where the page's script did not run.
  const link = await links.visit(token, { kind: "click", link: found.link });
  const { claim } = outcome;
  if (prefersPage(headers)) {
    // Of a link of one's own the page shows the code whenever it is opened; on a shared one, and in a test, this answer is all.
    const isKept = found.link.kind === "personal" && !found.link.isTest;
    if (isKept || !link) return reply("", { status: 303, headers: { location: `../landing/${token}` } });
    return pageOf(call, { tenantId, link, token }, "claimed", claim);
  }
  return reply({
    status_code: "200",
    message: outcome.kind === "claimed" ? CLAIMED_MESSAGE : "您已领取过该优惠券，券码不变。",
    already_claimed: outcome.kind === "repeated",
    code: claim.code,
    coupon_id: claim.couponId,
    valid_until: new Date(claim.validUntil).toISOString(),
  });
}

/** A refusal: a page for browsers, else the form of the document. */
function refusal(call: ClaimCall & Visitor, state: PageState): Reply {
  if (prefersPage(call.headers)) return barePage(call, state);
  const status = PAGE_STATUS[state];
  const { title, text } = stateWords(call.language, state);
  const message = call.language === "zh" ? `${title}：${text}` : `${title}: ${text}`;
  const headers = state === "wait" ? { "retry-after": String(waitSeconds(call)) } : {};
  return reply({ status_code: String(status), message }, { status, headers });
}
