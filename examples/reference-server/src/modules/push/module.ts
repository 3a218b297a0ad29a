import { defineModule } from "../../frame/module.js";
import { pushRoutes } from "./routes.js";

/** Precision pushes over WeCom, and the engine that sends them. */
export const pushModule = defineModule({
  name: "push",
  routes: pushRoutes,
  jobs: [{ name: "engine", roles: ["all", "worker", "scheduler"], run: ({ kit }, signal) => kit.run({ signal }) }],
});
