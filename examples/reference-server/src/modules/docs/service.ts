import type { OpenApiFacts } from "@recallkit/http";

/** What the server's description says beside its routes. */
export function openApiFacts(version: string): OpenApiFacts {
  return {
    version,
    description: "沉睡客户召回：人群、推送、效果。先调用 `POST /login`，把返回的 token 作为 Bearer 令牌。",
  };
}

export { page } from "./pages.js";
