import { serverModule } from "../../frame/server-module.js";

/** Work with a tenant's WeCom account from the command line: its contacts, its tags, and what it may call. */
export const wecomModule = serverModule({
  name: "wecom",
  routes: [],
  commands: () => import("./commands/index.js"),
});
