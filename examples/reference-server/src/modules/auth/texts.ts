import type { Texts } from "@recallkit/http";

/** Texts of the errors of logins, users, sessions and API keys. */
export const authTexts: Texts = {
  // Both are the documented answer of the login, which is never translated.
  "auth.wrong-credentials": { zh: "用户名或密码错误", en: "用户名或密码错误" },
  "auth.busy": { zh: "登录请求过多，请稍后重试", en: "Too many logins at once; try again" },
  "auth.foreign-page": {
    zh: "请求来自其他网站的页面，已拒绝",
    en: "The request came from a page of another site and is refused",
  },
  "auth.locked": { zh: "登录失败次数过多，请 15 分钟后再试", en: "Too many failed logins; try again in 15 minutes" },
  "auth.slowed": {
    zh: "该用户名登录失败次数过多，请稍后再试",
    en: "Too many failed logins of this name; try again shortly",
  },
  "auth.wrong-password": { zh: "密码不正确", en: "is not the password" },
  "user.not-found": { zh: "用户不存在", en: "There is no such user" },
  "user.name-taken": { zh: "用户名已存在", en: "The name of the user is taken" },
  "user.last-admin": { zh: "至少要保留一个管理员", en: "The last admin has to stay" },
  "user.shared": { zh: "该用户还属于其他商户，只能由平台管理员修改密码", en: "The user belongs to other tenants too" },
  "session.not-found": { zh: "会话不存在", en: "There is no such session" },
  "api-key.not-found": { zh: "API 密钥不存在", en: "There is no such API key" },
  "time.past": { zh: "应晚于当前时间", en: "must be in the future" },
};
