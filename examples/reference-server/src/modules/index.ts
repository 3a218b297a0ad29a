// The modules that work in every host; `recallkit/modules` for those who mount them with `recallkitApp`.
import type { Module } from "@recallkit/http";
import { customersModule as customers } from "./customers/module.js";
import { landingModule as landing } from "./landing/module.js";
import { opsModule as ops } from "./ops/module.js";
import { pushModule as push } from "./push/module.js";

/** Precision pushes over WeCom: `/wechatpush/*` and `/api/media`, with `push:read` and `push:write`. */
export const pushModule: Module = push;

/** `/api/labels` and `/api/suppressions*`, with `customers:read` and `customers:write`. */
export const customersModule: Module = customers;

/** `/api/ops/*`, every state of the ledger, with `ops:read`, `ops:write` and `addresses:read`. */
export const opsModule: Module = ops;

/** The pages of links: `/landing/*`, `/r/*`, `/u/*`, `/coupon/get`; and `/api/landing-settings`, with `landing:read` and `landing:write`. */
export const landingModule: Module = landing;
