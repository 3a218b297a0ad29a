import { portableModule, serverModule } from "../../frame/server-module.js";
import { callbackAccount } from "./accounts.js";
import { smsCallbacks } from "./callback-module.js";
import { smsHousekeeping } from "./housekeeping.js";
import { smsTenantTables } from "./migrations.js";
import { pullJob } from "./pull.js";
import { smsRoutes } from "./routes.js";
import { smsVariables } from "./variables.js";

/** What providers of SMS tell. */
export const smsCallbacksModule = serverModule({
  ...smsCallbacks(callbackAccount),
  tenantTables: smsTenantTables,
  jobs: [pullJob, smsHousekeeping],
  config: smsVariables,
  commands: () => import("./commands/index.js"),
  checks: () => import("./checks.js"),
});

/** What is known of SMS: events, replies, and how a text counts. */
export const smsModule = portableModule({
  name: "sms",
  routes: smsRoutes,
  permissions: {
    "sms:read": { summary: "查看短信回复与条数 / see replies and count segments", from: "staff", isScope: true },
  },
  tags: { "短信 / SMS": "回复与计费条数 / replies and segments" },
});
