import { serverModule } from "../../frame/server-module.js";
import { streamRoutes } from "./routes.js";
import { streamTexts } from "./texts.js";

/** What pages follow, all of it by one connection. */
export const streamModule = serverModule({
  name: "stream",
  routes: streamRoutes,
  texts: streamTexts,
  tags: { "实时 / Live": "一个连接关注多个状态 / many states followed by one connection" },
});
