import express, { type Express } from "express";
import type { ServerContext, ServerRole } from "./frame/context.js";
import { errorAnswer } from "./frame/error-answer.js";
import { HttpError } from "./frame/http-error.js";
import { type Module, migrationsOf } from "./frame/module.js";
import { mountRoutes } from "./frame/mount-routes.js";
import { requestLog } from "./frame/request-log.js";
import { protectiveHeaders, responseHeaders } from "./frame/response-headers.js";
import { auditModule } from "./modules/audit/module.js";
import { recordChange } from "./modules/audit/service.js";
import { authModule } from "./modules/auth/module.js";
import { sessionOfToken } from "./modules/auth/service.js";
import { customersModule } from "./modules/customers/module.js";
import { docsModule } from "./modules/docs/module.js";
import { healthModule, probesModule } from "./modules/health/module.js";
import { limitsModule } from "./modules/limits/module.js";
import { rateLimits } from "./modules/limits/service.js";
import { opsModule } from "./modules/ops/module.js";
import { pushModule } from "./modules/push/module.js";
import { tenantsModule } from "./modules/tenants/module.js";

/** Every module of the server. */
export const modules: readonly Module[] = [
  authModule,
  tenantsModule,
  auditModule,
  limitsModule,
  pushModule,
  customersModule,
  opsModule,
  healthModule,
  probesModule,
  docsModule,
];

/** Schemas of all modules, for whoever opens or migrates the database. */
export const moduleMigrations = migrationsOf(modules);

/** Roles that answer requests of users; the others serve the probes only. */
const SERVING_ROLES: readonly ServerRole[] = ["all", "api"];

/** Builds the HTTP application; it does not listen. */
export function buildApp(context: ServerContext): Express {
  const app = express();
  // No answer tells what runs here, and only proxies that are named are believed about who a caller is.
  app.disable("x-powered-by").disable("etag").set("trust proxy", context.config.trustProxy);
  const served = SERVING_ROLES.includes(context.role) ? context.modules : [probesModule];
  const routes = served.flatMap((module) => module.routes ?? []);
  app.use(responseHeaders(context.ids, context.lifecycle));
  app.use(requestLog(context.logger, context.clock));
  app.use(protectiveHeaders(context.config));
  mountRoutes(app, context, {
    routes,
    authenticate: sessionOfToken,
    limits: rateLimits(context),
    record: recordChange,
  });
  app.use(() => {
    throw new HttpError(404, "http.not-found");
  });
  app.use(errorAnswer(context.logger));
  return app;
}
