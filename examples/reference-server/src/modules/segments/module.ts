import { portableModule, type ScheduledJob } from "../../frame/server-module.js";
import { segmentRoutes } from "./routes.js";
import { segmentTexts } from "./texts.js";

const measure: ScheduledJob = {
  name: "segments-measure",
  title: "计算已保存人群的每日人数 / count saved segments",
  schedule: { cron: "20 4 * * *" },
  async run({ kit }, { signal }) {
    let measured = 0;
    for await (const { id } of kit.tenants.all({ signal }))
      measured += (await kit.forTenant(id).segments.measure({ signal })).measured;
    return { measured };
  },
};

/** Saved segments. */
export const segmentsModule = portableModule({
  name: "segments",
  routes: segmentRoutes,
  jobs: [measure],
  permissions: {
    "segments:read": { summary: "查看、预览人群 / see and preview segments", from: "staff", isScope: true },
    "segments:write": { summary: "保存、归档人群 / save and archive segments", isScope: true },
  },
  texts: segmentTexts,
  tags: { "人群 / Segments": "已保存的人群、预览与每日人数 / saved segments, previews, sizes" },
  commands: () => import("./commands/index.js"),
});
