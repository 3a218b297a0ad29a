import { hasControlCharacters, normaliseText } from "@recallkit/core/ports";
import { instantField, numberedPage, says } from "@recallkit/http";
import * as z from "zod";
import { ROLES } from "../../frame/roles.js";
import { isCommonPassword } from "./common-password.js";
import { MEMBER_STATUSES } from "./store.js";

/** Body of `POST /login`. */
export const loginBody = z.strictObject({
  username: z.string().min(1).max(255),
  password: z.string().min(1).max(1024),
  tenant_id: z.int().min(1).optional().describe("要登录的商户；默认编号最小的一个 / tenant to enter"),
});

/** Answer of a login that succeeded. */
export const loginAnswer = z.strictObject({
  status_code: z.literal("200"),
  username: z.string(),
  name: z.string().describe("商户名称 / name of the merchant"),
  token: z.string().describe("Bearer 令牌，有效期 7 天 / bearer token, valid for 7 days"),
  message: z.literal("登录成功"),
});

/** A name as it is stored. */
const shortName = z
  .string()
  .transform(normaliseText)
  .pipe(
    z
      .string()
      .min(1)
      .max(255)
      .refine(
        (text) => !hasControlCharacters(text) && !/[\t\n]/.test(text),
        says("不能包含控制字符", "must not hold control characters"),
      ),
  );

const newPassword = z
  .string()
  .min(8)
  .max(1024)
  .refine(
    (text) => !isCommonPassword(text),
    says("是常见密码，请换一个", "is a password that many have; choose another"),
  )
  .describe("至少 8 个字符，不能是常见密码 / at least 8 characters, and none that is common");
const role = z.enum(ROLES).describe("platform 管理全部商户；admin 管理本商户；staff 使用；customer 只看自己");
const memberStatus = z.enum(MEMBER_STATUSES);

export const userSchema = z.strictObject({
  id: z.int(),
  username: z.string(),
  role,
  status: memberStatus,
  created_at: instantField,
});
export const usersPage = numberedPage(userSchema);
export const createUserBody = z.strictObject({
  username: shortName,
  password: newPassword,
  role: role.default("staff"),
});
export const editUserBody = z
  .strictObject({ role: role.optional(), status: memberStatus.optional(), password: newPassword.optional() })
  .refine(
    (patch) => Object.values(patch).some((value) => value !== undefined),
    says("至少填写一项", "needs one field"),
  );

/** Answer of a login in a browser: the token is in a cookie that scripts cannot read. */
export const browserLoginAnswer = z.strictObject({ username: z.string(), name: z.string().describe("商户名称") });

/** Who is logged in in a browser. */
export const browserSessionAnswer = z.strictObject({
  username: z.string().nullable().describe("没有登录则为 null / null: nobody"),
});

/** The caller's own account. @param permissions every one that there is */
export function meSchema(permissions: readonly string[]) {
  return z.strictObject({
    id: z.int().nullable(),
    username: z.string(),
    role: role.nullable(),
    permissions: z.array(z.enum(permissions)),
    tenant: z.strictObject({ id: z.int(), name: z.string(), time_zone: z.string(), currency: z.string() }),
    modules: z.array(z.string()).describe("这里有的模块 / modules that are here"),
    is_simulated: z.boolean().describe("模拟器开启：消息不会发给真人 / simulators run: nobody gets a message"),
    has_sample_data: z.boolean().describe("使用示例数据 / sample data are in use"),
    version: z.string(),
  });
}
export const ownPasswordBody = z.strictObject({
  current_password: z.string().min(1).max(1024),
  new_password: newPassword,
});

const sessionSchema = z.strictObject({
  id: z.int(),
  is_current: z.boolean().describe("正在使用的这一个 / the one that asks"),
  ip: z.string(),
  agent: z.string().describe("User-Agent"),
  created_at: instantField,
  expires_at: instantField,
});
export const sessionsPage = numberedPage(sessionSchema);

/** Forms of API keys. @param known scopes that a key can be given */
export function apiKeySchemas(known: readonly string[]) {
  const scopes = z.array(z.enum(known)).min(1).max(known.length);
  const apiKey = z.strictObject({
    id: z.int(),
    name: z.string(),
    token_start: z.string().describe("密钥的开头几位 / first characters of the key"),
    scopes,
    created_by: z.string(),
    created_at: instantField,
    expires_at: instantField.nullable(),
    used_at: instantField.nullable().describe("最近一次使用，精确到小时 / last use, to the hour"),
  });
  return {
    apiKey,
    page: numberedPage(apiKey),
    createBody: z.strictObject({
      name: shortName,
      scopes: scopes.transform((given) => [...new Set(given)]),
      expires_at: instantField.min(1).nullish().describe("不填则长期有效 / absent: never"),
    }),
    createAnswer: z.strictObject({
      ...apiKey.shape,
      token: z.string().describe("只在创建时返回一次 / shown once, here"),
    }),
  };
}

export type ApiKeySchemas = ReturnType<typeof apiKeySchemas>;

/** Answer of routes that take something away. */
export const removedAnswer = z.strictObject({ removed: z.literal(true) });
