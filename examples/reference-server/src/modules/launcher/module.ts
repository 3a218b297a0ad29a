import { serverModule } from "../../frame/server-module.js";
import { folderRoutes } from "./folder-routes.js";
import { launcherRoutes } from "./routes.js";
import { launcherTexts } from "./texts.js";

/** What the launcher of the document does: checks, databases, files of institutions, over the same code as the commands. */
export const launcherModule = serverModule({
  name: "launcher",
  routes: [...launcherRoutes, ...folderRoutes],
  permissions: {
    "launcher:read": { summary: "查看系统检查与待导入文件 / see checks and files that wait", from: "platform" },
    "launcher:write": {
      summary: "初始化数据库、导入机构文件、备份 / prepare stores, import files, back up",
      from: "platform",
    },
  },
  texts: launcherTexts,
  tags: { "启动台 / Launcher": "系统检查、数据库、机构文件 / checks, databases, files of institutions" },
});
