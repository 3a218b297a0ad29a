import { defineModule } from "../../frame/module.js";
import { pushRoutes } from "./routes.js";

/** Precision pushes over WeCom, and the engine that sends them. */
export const pushModule = defineModule({
  name: "push",
  routes: pushRoutes,
  jobs: [
    { name: "engine", roles: ["all"], run: ({ kit }, signal) => kit.run({ signal }) },
    { name: "engine", roles: ["scheduler"], run: ({ kit }, signal) => kit.run({ signal, roles: ["scheduler"] }) },
    { name: "engine", roles: ["worker"], run: ({ kit }, signal) => kit.run({ signal, roles: ["worker"] }) },
  ],
});
