import { portableModule } from "../../frame/server-module.js";
import { pushEnvelope } from "./envelope.js";
import { pushRoutes } from "./routes.js";
import { pushTexts } from "./texts.js";

/** Precision pushes over WeCom: `/wechatpush/*` and `/api/media`. */
export const pushModule = portableModule({
  name: "push",
  routes: pushRoutes,
  permissions: {
    "push:read": { summary: "查看推送与效果 / see pushes and figures", from: "staff", isScope: true },
    "push:write": { summary: "编辑与执行推送 / edit and run pushes", isScope: true },
  },
  texts: pushTexts,
  tags: { "精准推送 / Precision push": "企业微信精准推送 / precision pushes over WeCom" },
  envelopes: { wechatpush: pushEnvelope },
  commands: () => import("./commands/index.js"),
});
