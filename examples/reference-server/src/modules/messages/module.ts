import { serverModule } from "../../frame/server-module.js";
import { batchRoutes } from "./batch-routes.js";
import { messageRoutes } from "./message-routes.js";
import { monitorTopic, statisticsRoutes } from "./statistics-routes.js";
import { templateRoutes } from "./template-routes.js";
import { messageTexts } from "./texts.js";
import { unsubscribeRoutes } from "./unsubscribe-routes.js";

/** Messages of templates to single addresses: templates, sending, batches, traces, figures, and the way out. */
export const messagesModule = serverModule({
  name: "messages",
  routes: [...templateRoutes, ...batchRoutes, ...messageRoutes, ...statisticsRoutes, ...unsubscribeRoutes],
  permissions: {
    "messages:read": {
      summary: "查看模板、消息与统计 / see templates, messages, figures",
      from: "staff",
      isScope: true,
    },
    "messages:send": { summary: "发送消息 / send messages", isScope: true },
    "messages:write": { summary: "管理消息模板、核实结果 / manage templates, decide", isScope: true },
  },
  topics: { monitor: monitorTopic },
  texts: messageTexts,
  tags: { "消息 / Messages": "模板、单条与批量发送、追踪、统计 / templates, sending, traces, figures" },
});
