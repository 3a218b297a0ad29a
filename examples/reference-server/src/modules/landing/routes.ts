import { addressesOf } from "@recallkit/core/ports";
import { defineRoute, type Reply, reply } from "@recallkit/http";
import { renderSVG } from "uqr";
import * as z from "zod";
import { visitorOf } from "./agents.js";
import { claimCoupon } from "./claim.js";
import { openLogo } from "./logo.js";
import { isOwnOrigin } from "./origin.js";
import { codePage, SCRIPT_PATH, scriptReply } from "./pages.js";
import { askToRefuse, refuse } from "./refuse.js";
import { claimAnswer, claimBody, claimRefusal, codeBody, refuseBody, tokenParams } from "./schema.js";
import { BASE, barePage, findLink, untilLater, visitLink } from "./service.js";
import { stateWords } from "./words.js";

const facts = { auth: "public", tags: ["落地页 / Landing"] } as const;
const html = { produces: "text/html", response: z.string() } as const;
const states: Readonly<Record<number, { readonly description: string; readonly schema: z.ZodType }>> = {
  403: { description: "不是本人，或来自别的网站 / somebody else, or another site's page", schema: claimRefusal },
  404: { description: "没有这个链接 / no such link", schema: claimRefusal },
  409: { description: "已抢光 / sold out", schema: claimRefusal },
  410: { description: "已过期、撤回或结束 / expired, withdrawn or over", schema: claimRefusal },
  429: { description: "尝试过多 / too many tries", schema: claimRefusal },
};
const pages = Object.fromEntries(
  Object.entries(states).map(([status, { description }]) => [status, { description, schema: z.string() }]),
);

/** The pages that people reach from a message, and what they do there. */
export const landingRoutes = [
  defineRoute({
    ...facts,
    ...html,
    method: "get",
    path: "/landing/:token",
    summary: "H5 落地页 / Page of a link",
    description:
      "GET 只记一次浏览；真人出现才记点击，领取只能 POST。/ A GET is a view; a click needs a person, a claim a POST.",
    request: { params: tokenParams },
    errors: pages,
    handler: ({ params: { token }, ...call }) => visitLink(call, token),
  }),
  defineRoute({
    ...facts,
    ...html,
    method: "get",
    path: "/landing",
    summary: "输入 8 位码 / Where a code is typed",
    handler: async ({ language, context }) => codePage({ language, base: "." }, 200, context.ids.next()),
  }),
  defineRoute({
    ...facts,
    ...html,
    method: "post",
    path: "/landing",
    takesForm: true,
    summary: "用 8 位码打开落地页 / Open the page of a code",
    request: { body: codeBody },
    example: { request: { code: "K7QF-2M9P" } },
    errors: pages,
    async handler({ body: { code }, ...call }): Promise<Reply> {
      const { context, language } = call;
      const found = await findLink(call, code);
      if (typeof found !== "string") {
        // A link that was issued by hand is reached by its code alone: its token can't be made again.
        const name = found.token ?? code.replace(/[\s-]/g, "").toUpperCase();
        return reply("", { status: 303, headers: { location: `landing/${name}` } });
      }
      const isWait = found === "wait";
      const fault = stateWords(language, isWait ? "wait" : "unknown").text;
      const page = codePage({ language, base: ".", fault }, isWait ? 429 : 404, context.ids.next());
      return isWait ? untilLater(call, page) : page;
    },
  }),
  defineRoute({
    ...facts,
    method: "post",
    path: "/landing/:token/seen",
    summary: "有人在看 / Somebody is there",
    description: "页面脚本在触碰或停留后发出 / sent by the page once it is touched or looked at",
    isHidden: true,
    accepts: { mediaTypes: ["text/plain", "application/octet-stream"], maxBytes: 1000 },
    request: { params: tokenParams },
    produces: "text/plain",
    response: z.string(),
    errors: pages,
    async handler({ params: { token }, ...call }) {
      const { context, headers } = call;
      const found = await findLink(call, token);
      if (typeof found === "string") return reply("", { status: found === "wait" ? 429 : 404 });
      const isPerson = visitorOf(headers) === "person" && isOwnOrigin(headers, context.kit.linkPlace?.publicUrl);
      const { tenantId, link } = found;
      if (isPerson) await context.kit.forTenant(tenantId).links.visit(token, { kind: "click", link });
      return "";
    },
  }),
  defineRoute({
    ...facts,
    method: "get",
    path: "/landing/:token/logo",
    summary: "商户标识 / Logo of the merchant",
    isHidden: true,
    request: { params: tokenParams },
    produces: "image/png",
    response: z.instanceof(Buffer),
    errors: pages,
    handler: ({ params: { token }, ...call }) => openLogo(call, token),
  }),
  defineRoute({
    ...facts,
    method: "get",
    path: "/landing/:token/qr.svg",
    summary: "链接的二维码 / QR code of a link",
    request: { params: tokenParams },
    produces: "image/svg+xml",
    response: z.string(),
    errors: pages,
    async handler({ params: { token }, ...call }) {
      const found = await findLink(call, token);
      if (typeof found === "string") return reply("", { status: found === "wait" ? 429 : 404 });
      const { headers, context } = call;
      const place = context.kit.linkPlace ?? { publicUrl: `http://${headers.host ?? "localhost"}` };
      const { shortUrl: address } = addressesOf(place, token);
      return reply(renderSVG(address, { border: 2 }), { headers: { "referrer-policy": "no-referrer" } });
    },
  }),
  defineRoute({
    ...facts,
    ...html,
    method: "get",
    path: "/r/:token",
    summary: "短链接 / Short link",
    request: { params: tokenParams },
    errors: { ...pages, 302: { description: "到落地页 / to the page", schema: z.string() } },
    // Nothing is looked up: the page says what there is to say, and the target is ours whatever the token.
    async handler({ params: { token }, ...call }) {
      if (!/^[\w-]{22}$/.test(token)) return barePage(call, "unknown");
      const { linkPlace } = call.context.kit;
      const location = linkPlace ? addressesOf(linkPlace, token).url : `${BASE}/landing/${token}`;
      return reply("", { status: 302, headers: { location, "referrer-policy": "no-referrer" } });
    },
  }),
  defineRoute({
    ...facts,
    method: "post",
    path: "/coupon/get",
    takesForm: true,
    summary: "领取优惠券 / Claim a coupon",
    description:
      "JSON 或表单；重复领取得到同一券码。浏览器（Accept: text/html）得到页面。/ JSON or a form; a repeat gets the same code.",
    request: { body: claimBody },
    response: claimAnswer.or(z.string()),
    produces: "text/html",
    example: {
      request: { token: "q3J9xW2mB7cT5vN8kL4pZg", username: "张三" },
      response: {
        status_code: "200",
        message: "优惠券领取成功！请前往游戏内商城使用。",
        already_claimed: false,
        code: "K7QF2M9P4X",
        coupon_id: 1,
        valid_until: "2026-12-31T15:59:59.000Z",
      },
    },
    errors: { ...states, 303: { description: "表单：回到落地页 / forms: back to the page", schema: z.string() } },
    handler: ({ body, ...call }) => claimCoupon(call, body),
  }),
  defineRoute({
    ...facts,
    ...html,
    method: "get",
    path: "/u/:token",
    summary: "退订页 / Page to unsubscribe",
    request: { params: tokenParams },
    errors: pages,
    handler: ({ params: { token }, ...call }) => askToRefuse(call, token),
  }),
  defineRoute({
    ...facts,
    ...html,
    method: "post",
    path: "/u/:token",
    takesForm: true,
    summary: "退订 / Unsubscribe",
    description: "页面按钮，或邮件客户端的一键退订（RFC 8058）/ the page's button, or one click of a mail program",
    request: { params: tokenParams, body: refuseBody },
    example: { request: { scope: "channel" } },
    errors: pages,
    handler: ({ params: { token }, body, ...call }) => refuse(call, token, body),
  }),
  defineRoute({
    ...facts,
    method: "get",
    path: SCRIPT_PATH,
    summary: "落地页脚本 / Script of the pages",
    isHidden: true,
    produces: "text/javascript",
    response: z.string(),
    handler: async () => scriptReply(),
  }),
];
