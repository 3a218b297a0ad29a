import { z } from "zod";

/** Body of `POST /login`. */
export const loginBody = z.strictObject({
  username: z.string().min(1).max(255),
  password: z.string().min(1).max(1024),
});

/** Answer of a login that succeeded. */
export const loginAnswer = z.strictObject({
  status_code: z.literal("200"),
  username: z.string(),
  name: z.string().describe("商户名称 / name of the merchant"),
  token: z.string().describe("Bearer 令牌，有效期 7 天 / bearer token, valid for 7 days"),
  message: z.literal("登录成功"),
});
