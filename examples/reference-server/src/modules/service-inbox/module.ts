import { serverModule } from "../../frame/server-module.js";
import { bindingRoutes } from "./binding/routes.js";
import { groupBotRoutes } from "./group-bot/routes.js";
import { inboxHousekeeping, inboxJob } from "./jobs.js";
import { knowledgeRoutes } from "./knowledge/routes.js";
import { serviceInboxMigrations, serviceInboxTables } from "./migrations.js";
import { officialAccountRoutes } from "./official-account/routes.js";
import { inboxPersonData } from "./person-data.js";
import { routerRoutes } from "./router/routes.js";
import { sessionRoutes } from "./sessions/routes.js";
import { sidebarRoutes } from "./sidebar/routes.js";
import { commandRoutes } from "./staff/routes.js";
import { inboxTexts } from "./texts.js";
import { inboxVariables } from "./variables.js";

/** Conversations at both entrances: what customers want, commands of employees, bindings, the sidebar. */
export const serviceInboxModule = serverModule({
  name: "service-inbox",
  migrations: serviceInboxMigrations,
  tenantTables: serviceInboxTables,
  personData: inboxPersonData,
  jobs: [inboxJob, inboxHousekeeping],
  // Paths with a word before those with an id.
  routes: [
    ...routerRoutes,
    ...knowledgeRoutes,
    ...officialAccountRoutes,
    ...sessionRoutes,
    ...commandRoutes,
    ...bindingRoutes,
    ...groupBotRoutes,
    ...sidebarRoutes,
  ],
  permissions: {
    "inbox:read": { summary: "查看会话与路由 / see conversations and decisions", from: "staff", isScope: true },
    "inbox:write": { summary: "回复、路由与命令 / answer, route, command", from: "staff", isScope: true },
    "inbox:manage": { summary: "管理知识库与路由设置 / manage knowledge and settings", isScope: true },
  },
  tags: {
    "智能路由 / Router": "意图、处理与更正 / intents, what is done, corrections",
    "知识库 / Knowledge": "回答的出处 / what answers rest on",
    "会话 / Conversations": "公众号与企业微信的会话 / conversations at both entrances",
    "员工命令 / Staff commands": "以 # 开头的命令 / commands that begin with #",
    "绑定 / Bindings": "微信与客户 / who writes from where",
    "侧边栏 / Sidebar": "聊天旁的客户资料 / what stands beside a chat",
    "群机器人 / Group bot": "内部群通知 / notices to a group of members",
  },
  config: inboxVariables,
  texts: inboxTexts,
});
