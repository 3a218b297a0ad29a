// @ts-nocheck Express and zod are dependencies of the server, so their types cannot be found from here.
// Sixty routes as the reference server has them; the one that is asked is in the middle. Both servers use the same schemas and handlers.
import { createRequire } from "node:module";
import { root } from "../../scripts/workspace.mjs";

const require = createRequire(`${root}/examples/reference-server/package.json`);
/** @type {typeof import("express")} */
export const express = require("express");
const { z } = /** @type {typeof import("zod")} */ (require("zod"));

const ROUTES = 60;
export const ASKED = "/wechatpush/route30";

const body = z.strictObject({
  searchText: z.string().max(255).optional(),
  page: z.int().min(1),
  pagesize: z.int().min(1).max(200),
  tags: z.array(z.strictObject({ id: z.int(), name: z.string() })).max(50),
});
const answer = { success: true, data: { data: Array.from({ length: 10 }, (_, id) => ({ id, name: `推送 ${id}` })) } };

export const BODY = { searchText: "召回", page: 1, pagesize: 10, tags: [{ id: 1, name: "上海" }] };
export const HEADERS = {
  authorization: `Bearer ${"a".repeat(43)}`,
  "content-type": "application/json",
  "accept-language": "zh-CN,zh;q=0.9,en;q=0.8",
};

export const routes = Array.from({ length: ROUTES }, (_, at) => ({
  method: /** @type {const} */ ("post"),
  path: `/wechatpush/route${at}`,
  auth: "push:read",
  summary: "测 / measured",
  tags: [],
  request: { body },
  response: z.looseObject({}),
  handler: async () => answer,
}));

/** Finds the caller of a token, as a look-up would. @param {string} token */
export async function callerOf(token) {
  if (token.length !== 43) return null;
  return { tenantId: 1, actor: "user:1", permissions: new Set(["push:read"]) };
}
