import type { IncomingMessage } from "node:http";
import { compose, createFrame } from "@recallkit/http";
import { toExpress } from "@recallkit/http/express";
import express, { type Express, type RequestHandler } from "express";
import { addressInLog } from "./address-in-log.js";
import type { ServerContext, ServerRole } from "./frame/context.js";
import { connectionHeaders, protectiveHeaders } from "./frame/response-headers.js";
import { roleBook } from "./frame/roles.js";
import { migrationsOf, type ServerModule } from "./frame/server-module.js";
import { alertsModule } from "./modules/alerts/module.js";
import { auditModule } from "./modules/audit/module.js";
import { authModule } from "./modules/auth/module.js";
import { sessionOfVisit } from "./modules/auth/service.js";
import { bouncesModule } from "./modules/bounces/module.js";
import { concurrencyModule } from "./modules/concurrency/module.js";
import { configurationModule } from "./modules/configuration/module.js";
import { consoleModule } from "./modules/console/module.js";
import { conversionsModule } from "./modules/conversions/module.js";
import { couponsModule } from "./modules/coupons/module.js";
import { customersModule } from "./modules/customers/module.js";
import { docsModule } from "./modules/docs/module.js";
import { funnelModule } from "./modules/funnel/module.js";
import { healthModule, probesModule } from "./modules/health/module.js";
import { importsModule } from "./modules/imports/module.js";
import { institutionsModule } from "./modules/institutions/module.js";
import { jobsModule } from "./modules/jobs/module.js";
import { landingModule } from "./modules/landing/module.js";
import { launcherModule } from "./modules/launcher/module.js";
import { leadsModule } from "./modules/leads/module.js";
import { limitsModule } from "./modules/limits/module.js";
import { rateLimits } from "./modules/limits/service.js";
import { messageReportsModule } from "./modules/message-reports/module.js";
import { messagesModule } from "./modules/messages/module.js";
import { metricsModule } from "./modules/metrics/module.js";
import { opsModule } from "./modules/ops/module.js";
import { peopleModule } from "./modules/people/module.js";
import { projectionsModule } from "./modules/projections/module.js";
import { pushModule } from "./modules/push/module.js";
import { recallModule } from "./modules/recall/module.js";
import { revisitModule } from "./modules/revisit/module.js";
import { revisitImportsModule } from "./modules/revisit-imports/module.js";
import { scriptsModule } from "./modules/scripts/module.js";
import { segmentsModule } from "./modules/segments/module.js";
import { serviceDeskModule } from "./modules/service-desk/module.js";
import { serviceInboxModule } from "./modules/service-inbox/module.js";
import { smsCallbacksModule, smsModule } from "./modules/sms/module.js";
import { streamModule } from "./modules/stream/module.js";
import { tenantsModule } from "./modules/tenants/module.js";
import { wecomModule } from "./modules/wecom/module.js";
import { wecomCallbacksModule } from "./modules/wecom-callbacks/module.js";

const others: readonly ServerModule[] = [
  tenantsModule,
  auditModule,
  limitsModule,
  pushModule,
  recallModule,
  revisitModule,
  couponsModule,
  segmentsModule,
  customersModule,
  peopleModule,
  importsModule,
  institutionsModule,
  revisitImportsModule,
  launcherModule,
  projectionsModule,
  conversionsModule,
  leadsModule,
  serviceDeskModule,
  serviceInboxModule,
  scriptsModule,
  landingModule,
  messagesModule,
  bouncesModule,
  messageReportsModule,
  funnelModule,
  opsModule,
  jobsModule,
  configurationModule,
  concurrencyModule,
  alertsModule,
  streamModule,
  smsCallbacksModule,
  smsModule,
  wecomModule,
  wecomCallbacksModule,
  healthModule,
  probesModule,
  metricsModule,
  docsModule,
  consoleModule,
];

/** Every module of the server. */
export const modules: readonly ServerModule[] = [authModule(others), ...others];

/** Schemas of all modules, for whoever opens or migrates the database. */
export const moduleMigrations = migrationsOf(modules);

/** What roles and API keys may do in the server. */
export const roles = roleBook(modules);

/** Roles that answer requests of users; the others serve the probes only. */
const SERVING_ROLES: readonly ServerRole[] = ["all", "api"];

const { find } = compose(modules);

/** True for requests whose route takes a body as it comes, however long that takes. */
export function isUpload({ method = "", url = "/" }: Pick<IncomingMessage, "method" | "url">): boolean {
  const route = find(url.split("?", 1)[0] ?? "/")?.methods.get(method.toLowerCase());
  return route?.accepts?.isStreamed === true;
}

/** Builds the HTTP application; it does not listen. */
export function buildApp(context: ServerContext): Express {
  const app = express();
  // No answer tells what runs here, and only proxies that are named are believed about who a caller is.
  app.disable("x-powered-by").disable("etag").set("trust proxy", context.config.trustProxy);
  app.use(connectionHeaders(context.lifecycle));
  app.use(protectiveHeaders(context.config));
  app.use(measured(context));
  const frame = createFrame({
    modules: SERVING_ROLES.includes(context.role) ? context.modules : [probesModule, metricsModule],
    context,
    authenticate: sessionOfVisit,
    rates: rateLimits(context),
    traces: context.traces,
    addressInLog: addressInLog(context.config.logAddresses),
  });
  app.use(toExpress(frame, { isLast: true }));
  return app;
}

/** Counts requests by the templates of their routes: paths hold ids and tokens. */
function measured({ clock, metrics }: ServerContext): RequestHandler {
  return (request, response, next) => {
    const begun = clock.monotonic();
    response.once("close", () => {
      const { method, path } = request;
      const route = find(path)?.methods.get(method.toLowerCase())?.path ?? "none";
      metrics.request({ method, route, status: response.statusCode, seconds: (clock.monotonic() - begun) / 1000 });
    });
    next();
  };
}
