import { InputError } from "@recallkit/core";
import { type CallerCall, defineRoute, HttpError } from "@recallkit/http";
import {
  claimsPage,
  claimsQuery,
  codeParams,
  codesAnswer,
  codesBody,
  couponParams,
  couponSchema,
  couponsPage,
  couponsQuery,
  createBody,
  editBody,
  orderBody,
  redeemBody,
  reportSchema,
  reserveBody,
  reverseBody,
  stepAnswer,
} from "./schema.js";
import { type ClaimStep, claimShape, couponShape, reportShape } from "./shapes.js";

const facts = { tags: ["优惠券 / Coupons"] } as const;
const UNKNOWN = { 404: { description: "优惠券不存在 / no such coupon" } };
const STEP = {
  404: { description: "没有此券码 / no such code" },
  409: { description: "当前状态不允许，code 说明原因 / the claim's state forbids it; code says why" },
  410: { description: "券已过期 / it is over" },
};
const AT = 1_767_225_600_000;
const example = {
  ...{ id: 1, name: "满100减20", title: null, terms: null, codes: "generated" as const, stock: 100, stock_left: 99 },
  ...{ per_person: 1, value_minor: 2000, min_spend_minor: 10_000, valid_from: AT, valid_to: AT + 31_536_000_000 },
  ...{ claim_valid_days: null, closed_at: null, created_at: AT },
};
const claimExample = {
  ...{ id: 7, coupon_id: 1, customer_id: 17, code: "K7QF2M9P4X", state: "redeemed" as const, order_no: "A1001" },
  ...{ reserved_until: null, used_minor: 2000, reason: null, claimed_at: AT, valid_until: AT + 31_536_000_000 },
};

function couponsOf({ session, context }: Pick<CallerCall, "session" | "context">) {
  return context.kit.forTenant(session.tenantId).coupons;
}

/** Faults by the names of the routes. @throws {InputError} */
async function inOurTerms<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!InputError.is(error)) throw error;
    const named = (path: string) => path.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    throw new InputError(error.issues.map((issue) => ({ ...issue, path: named(issue.path) })));
  }
}

/** A step that was not taken is an error of its state. @throws {HttpError} 404, 409, 410 */
function stepAnswerOf(step: ClaimStep) {
  if (step.kind === "done" || step.kind === "repeated") return { outcome: step.kind, claim: claimShape(step.claim) };
  const status = step.kind === "unknown" ? 404 : step.kind === "expired" ? 410 : 409;
  throw new HttpError(status, `claim.${step.kind}`);
}

/** `/api/coupons*` and `/api/coupon-codes/*`. */
export const couponRoutes = [
  defineRoute({
    ...facts,
    method: "post",
    path: "/api/coupons",
    auth: "coupons:write",
    status: 201,
    summary: "新建优惠券 / Make a coupon",
    request: { body: createBody },
    response: couponSchema,
    example: {
      request: { name: "满100减20", stock: 100, per_person: 1, valid_from: "2026-01-01", valid_to: "2026-12-31" },
      response: example,
    },
    async handler({ body, ...call }) {
      const coupon = {
        name: body.name,
        stock: body.stock ?? null,
        perPerson: body.per_person,
        validFrom: body.valid_from,
        validTo: body.valid_to,
        title: body.title,
        terms: body.terms,
        valueMinor: body.value_minor,
        minSpendMinor: body.min_spend_minor,
        codes: body.codes,
        claimValidDays: body.claim_valid_days,
      };
      return couponShape(await inOurTerms(() => couponsOf(call).create(coupon)));
    },
  }),
  defineRoute({
    ...facts,
    method: "get",
    path: "/api/coupons",
    auth: "coupons:read",
    summary: "优惠券列表 / List coupons",
    request: { query: couponsQuery },
    response: couponsPage,
    example: { response: { items: [example], next_cursor: null } },
    async handler({ query, ...call }) {
      const { items, nextCursor } = await couponsOf(call).list(query);
      return { items: items.map(couponShape), next_cursor: nextCursor };
    },
  }),
  defineRoute({
    ...facts,
    method: "get",
    path: "/api/coupons/:id",
    auth: "coupons:read",
    summary: "优惠券详情 / Read a coupon",
    request: { params: couponParams },
    response: couponSchema,
    errors: UNKNOWN,
    example: { response: example },
    handler: async ({ params, ...call }) => couponShape(await couponsOf(call).get(params.id)),
  }),
  defineRoute({
    ...facts,
    method: "patch",
    path: "/api/coupons/:id",
    auth: "coupons:write",
    summary: "修改、停止领取或增加库存 / Change, close, or raise the stock",
    request: { params: couponParams, body: editBody },
    response: couponSchema,
    errors: UNKNOWN,
    example: { request: { stock: 200 }, response: { ...example, stock: 200, stock_left: 199 } },
    handler: async ({ params, body, ...call }) => couponShape(await couponsOf(call).update(params.id, body)),
  }),
  defineRoute({
    ...facts,
    method: "post",
    path: "/api/coupons/:id/codes",
    auth: "coupons:write",
    summary: "导入券码 / Add codes",
    description: "仅用于 codes 为 imported 的优惠券，每次最多 5000 个；已有的券码不变。",
    request: { params: couponParams, body: codesBody },
    response: codesAnswer,
    errors: { ...UNKNOWN, 409: { description: "券码由系统生成 / its codes are generated" } },
    example: { request: { codes: ["GIFT-001", "GIFT-002"] }, response: { added: 2, known: 0 } },
    async handler({ params, body, ...call }) {
      return { ...(await couponsOf(call).addCodes(params.id, body.codes)) };
    },
  }),
  defineRoute({
    ...facts,
    method: "get",
    path: "/api/coupons/:id/claims",
    auth: "coupons:read",
    summary: "领取记录 / Claims of a coupon",
    request: { params: couponParams, query: claimsQuery },
    response: claimsPage,
    errors: UNKNOWN,
    example: { response: { items: [claimExample], next_cursor: null } },
    async handler({ params, query: { limit, cursor, customer_key, state }, ...call }) {
      await couponsOf(call).get(params.id);
      const { items, nextCursor } = await couponsOf(call).claims({
        ...{ couponId: params.id, limit, cursor, externalKey: customer_key },
        ...(state !== undefined && { states: [state] }),
      });
      return { items: items.map(claimShape), next_cursor: nextCursor };
    },
  }),
  defineRoute({
    ...facts,
    method: "get",
    path: "/api/coupons/:id/report",
    auth: "coupons:read",
    summary: "优惠券统计 / Figures of a coupon",
    request: { params: couponParams },
    response: reportSchema,
    errors: UNKNOWN,
    example: {
      response: {
        ...{ coupon_id: 1, issued: 1, claimed: 0, reserved: 0, redeemed: 1, reversed: 0, expired: 0, stock_left: 99 },
        budget: { used_minor: 2000, reserved_minor: 0, open_minor: 0 },
      },
    },
    handler: async ({ params, ...call }) => reportShape(await couponsOf(call).report(params.id)),
  }),
  defineRoute({
    ...facts,
    method: "post",
    path: "/api/coupon-codes/:code/reserve",
    auth: "coupons:redeem",
    summary: "占用券码 / Hold a code for an order",
    request: { params: codeParams, body: reserveBody },
    response: stepAnswer,
    errors: STEP,
    example: {
      request: { order_no: "A1001" },
      response: {
        outcome: "done",
        claim: { ...claimExample, state: "reserved", reserved_until: AT + 1_800_000, used_minor: 0 },
      },
    },
    async handler({ params, body: { order_no: orderNo, until: untilMs }, ...call }) {
      return stepAnswerOf(await couponsOf(call).reserve(params.code, { orderNo, untilMs }));
    },
  }),
  defineRoute({
    ...facts,
    method: "post",
    path: "/api/coupon-codes/:code/confirm",
    auth: "coupons:redeem",
    summary: "订单已付款，确认使用 / The order was paid: use it",
    request: { params: codeParams, body: orderBody },
    response: stepAnswer,
    errors: STEP,
    example: { request: { order_no: "A1001" }, response: { outcome: "done", claim: claimExample } },
    handler: async ({ params, body, ...call }) =>
      stepAnswerOf(await couponsOf(call).confirm(params.code, { orderNo: body.order_no })),
  }),
  defineRoute({
    ...facts,
    method: "post",
    path: "/api/coupon-codes/:code/release",
    auth: "coupons:redeem",
    summary: "订单未成交，释放券码 / The order came to nothing: free it",
    request: { params: codeParams, body: orderBody },
    response: stepAnswer,
    errors: STEP,
    example: {
      request: { order_no: "A1001" },
      response: { outcome: "done", claim: { ...claimExample, state: "claimed", order_no: null, used_minor: 0 } },
    },
    handler: async ({ params, body, ...call }) =>
      stepAnswerOf(await couponsOf(call).release(params.code, { orderNo: body.order_no })),
  }),
  defineRoute({
    ...facts,
    method: "post",
    path: "/api/coupon-codes/:code/redeem",
    auth: "coupons:redeem",
    summary: "核销券码 / Use a code for an order",
    request: { params: codeParams, body: redeemBody },
    response: stepAnswer,
    errors: STEP,
    example: {
      request: { order_no: "A1001", amount_minor: 19_900 },
      response: { outcome: "done", claim: claimExample },
    },
    async handler({ params, body: { order_no: orderNo, amount_minor: amountMinor }, ...call }) {
      return stepAnswerOf(await couponsOf(call).redeem(params.code, { orderNo, amountMinor }));
    },
  }),
  defineRoute({
    ...facts,
    method: "post",
    path: "/api/coupon-codes/:code/reverse",
    auth: "coupons:redeem",
    summary: "撤销核销 / Take a use back",
    request: { params: codeParams, body: reverseBody },
    response: stepAnswer,
    errors: STEP,
    example: {
      request: { reason: "退款" },
      response: { outcome: "done", claim: { ...claimExample, state: "reversed", used_minor: 0, reason: "退款" } },
    },
    handler: async ({ params, body, ...call }) => stepAnswerOf(await couponsOf(call).reverse(params.code, body)),
  }),
];
