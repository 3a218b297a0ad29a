import type { Texts } from "@recallkit/http";

/** Texts of what the launcher refuses. */
export const launcherTexts: Texts = {
  "rebuild.refused": { zh: "生产环境不允许", en: "Not in production" },
  "rebuild.no-backup": {
    zh: "服务器数据库请用其自带工具备份，例如 pg_dump、mysqldump",
    en: "A database on a server is backed up by its own tools, such as pg_dump or mysqldump",
  },
};
