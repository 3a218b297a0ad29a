import { reply } from "@recallkit/http";
import * as z from "zod";
import { serverRoute } from "../../frame/server-module.js";
import { type Followed, topicStream } from "./topic-stream.js";
import { topicsIn } from "./topics.js";

/** How many are followed by one connection at most. */
const MOST = 20;
const MOST_LETTERS = 128;
const namesField = z
  .string()
  .min(1)
  .max(MOST * MOST_LETTERS)
  .transform((text) => [...new Set(text.split(","))])
  .pipe(z.array(z.string().min(1).max(MOST_LETTERS)).max(MOST));

/** `/api/stream`: one connection for all that a browser shows. */
export const streamRoutes = [
  serverRoute({
    method: "get",
    path: "/api/stream",
    // It has no end: whoever walks all documented routes would wait for it. The guide names it.
    isHidden: true,
    auth: "self",
    tags: ["实时 / Live"],
    summary: "关注多个状态（SSE） / Follow states as server-sent events",
    description:
      "topics：以逗号分隔，如 `monitor,occurrence:98,import:5,job:housekeeping`，最多 20 个，各需相应权限。事件 `topic` 的数据为 `{topic, value}`，value 同各自的详情接口，是全部数值而非增量，变化时发送；`gone`：已不存在；5 秒无变化时一个 `beat`。",
    request: { query: z.strictObject({ topics: namesField }) },
    produces: "text/event-stream",
    response: z.string(),
    errors: { 404: { description: "不存在 / there is none" } },
    async handler({ query, context, session, tell }) {
      const followed: Followed[] = [];
      for (const { name, of, topic } of topicsIn(query.topics, context.modules, session)) {
        const look = topic.open({ context, session, tell }, of);
        // What is not there is answered with 404, before anything is told.
        followed.push({ name, look, first: await look() });
      }
      // Proxies that gather answers would hold the events back.
      return reply(topicStream(context, followed), { headers: { "x-accel-buffering": "no" } });
    },
  }),
];
