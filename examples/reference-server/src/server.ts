import { existsSync } from "node:fs";
import {
  type Clock,
  createRecallKit,
  type Ids,
  type Logger,
  type Random,
  systemClock,
  systemIds,
  systemRandom,
} from "@recallkit/core";
import { undiciTransport, webhookAlerts } from "@recallkit/core/http";
import { asyncScope, keyRing, type WorkQueue } from "@recallkit/core/ports";
import { type TraceContext, traceHeaders } from "@recallkit/http";
import { embeddedQueue } from "@recallkit/queue/embedded";
import { openRabbitmqQueue } from "@recallkit/queue/rabbitmq";
import type { EndedAttempt } from "@recallkit/scheduler";
import { xxlJobExecutor } from "@recallkit/scheduler/xxl-job";
import { buildApp, isUpload, modules, roles } from "./app.js";
import { openChannels } from "./channels.js";
import { assertSameTime } from "./clock-check.js";
import { assertWritable, makePrivate } from "./config/data-folder.js";
import { keptSecretKey } from "./config/secret-key.js";
import { secretsOfSms } from "./config/sms-settings.js";
import type { ServerConfig } from "./config.js";
import { openDatabase } from "./database.js";
import { prepareFirstTenant } from "./first-tenant.js";
import type { ServerContext, ServerRole } from "./frame/context.js";
import { runJobs } from "./frame/run-jobs.js";
import { personDataOf } from "./frame/server-module.js";
import { type HttpListener, listen } from "./http-listener.js";
import { jsonLogger } from "./logger.js";
import { secretsOfMessaging } from "./messaging/settings.js";
import { alarmSink } from "./modules/alerts/service.js";
import { type BootstrapLogin, ensureBootstrapLogin } from "./modules/auth/bootstrap.js";
import { DEFAULT_PASSWORD_COST, type PasswordCost } from "./modules/auth/password.js";
import { openConcurrency } from "./modules/concurrency/service.js";
import { configValues, followSource, nacosSource, openHotConfig } from "./modules/configuration/service.js";
import { openScheduler } from "./modules/jobs/service.js";
import { makeSampleTemplates } from "./modules/messages/service.js";
import { createMetrics } from "./modules/metrics/metrics.js";
import { startSample, wantsSample } from "./sample-start.js";
import { openSharedState } from "./shared-state.js";
import { statementWatch } from "./statement-watch.js";
import { version } from "./version.js";

/** What {@link startServer} takes. */
export interface ServerOptions {
  readonly config: ServerConfig;
  /** @default "all" */
  readonly role?: ServerRole;
  /** The database was restored from a backup: looks up what it would send before it sends. @default false */
  readonly reconcilesFirst?: boolean;
  /** Lines for people. @default standard output */
  readonly print?: (line: string) => void;
  /** @default JSON lines on standard error */
  readonly logger?: Logger;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly ids?: Ids;
  /** @default about 128 MB and some tenths of a second per login */
  readonly passwordCost?: PasswordCost;
}

/** A server that answers. */
export interface RunningServer {
  readonly url: string;
  readonly context: ServerContext;
  /** Settles when work in the background ends: never before `stop`, unless it fails. */
  readonly work: Promise<void>;
  /** Takes no new work, waits for open calls for at most 25 s in all, and closes everything. May be called again. */
  stop(): Promise<void>;
}

const SHUTDOWN_MS = 25_000;
/** What open requests get, however long the work took. */
const SHORTEST_CLOSE_MS = 1000;

/**
 * Opens the database, listens, and begins its work: the jobs of the modules, and on a first start the sample shop.
 *
 * @throws {ConfigError} a setting is unusable; {StorageError} the database is
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { config, role = "all", print = printLine, clock = systemClock, random = systemRandom } = options;
  const logger = options.logger ?? jsonLogger(config.logLevel, { secrets: secretsOf(config) });
  const ids = options.ids ?? systemIds;
  await assertWritable(config.dataDir);
  await makePrivate(config.dataDir);
  const secretKey = config.secretKey ?? (await keptSecretKey(config.dataDir, random));
  const metrics = createMetrics({ version, role, engine: config.database.engine });
  const onStatement = statementWatch(metrics, logger, config.slowQueryMs);
  const { stores, wasEmpty, appliedSteps } = await openDatabase(config, { clock, onStatement });
  await assertSameTime(stores, { clock, logger }).catch(async (error: unknown) => {
    await stores.close();
    throw error;
  });
  for (const { setting, value, needed, isMet } of await stores.checkSettings()) {
    if (!isMet) logger.warn("storage.weak-setting", { setting, value, needed });
  }
  if (appliedSteps > 0) print(`数据库结构已更新 / database schema updated: ${appliedSteps} steps`);

  const keys = keyRing({ secretKey, previous: config.previousSecretKeys, random });
  const shared = await openSharedState(config.redisUrl, { keys, clock }).catch(async (error: unknown) => {
    await stores.close();
    throw error;
  });
  if (shared && !shared.isConnected) {
    const hint = "it goes on without: this process counts and remembers by itself until Redis is back";
    logger.warn("redis.away", { code: "storage.unavailable", hint });
  }
  const traces = asyncScope<TraceContext>();
  const headers = () => {
    const trace = traces.get();
    return trace ? traceHeaders(trace) : {};
  };
  const transport = undiciTransport({ clock, headers });
  const channels = await openChannels({ config, stores, keys, clock, logger, shared, transport }).catch(
    async (error: unknown) => {
      await shared?.close();
      await stores.close();
      throw error;
    },
  );
  const queue = await openQueue(config, logger).catch(async (error: unknown) => {
    await channels.close();
    await shared?.close();
    await stores.close();
    throw error;
  });
  const alerts = config.alertWebhook && { ...config.alertWebhook, transport };
  const values = configValues(modules, keys);
  const wakeUps = stores.wakeUps ?? shared?.wakeUps;
  const hotConfig = openHotConfig({ stores, values, clock, logger, wakeUps });
  const concurrency = openConcurrency(hotConfig, { clock, limiter: shared?.rateLimiter });
  const kit = createRecallKit({
    stores,
    channels: channels.channels,
    clock,
    random,
    ids,
    logger,
    secretKey,
    ...(config.rabbitmqUrl !== undefined && { queue }),
    messagesInFlight: concurrency.pool,
    personData: personDataOf(modules),
    ...(shared && { leases: shared.leases }),
    alerts: alarmSink({ hotConfig, transport, clock, logger }, alerts && webhookAlerts({ ...alerts, clock })),
    ...(config.logRetentionDays !== undefined && {
      retention: { transitions: config.logRetentionDays, alarms: config.logRetentionDays },
    }),
    // Accounts are read anew for every batch; a channel stays the same as long as its account does.
    timings: { shutdownMs: SHUTDOWN_MS, channelsMs: 0, ...config.timings },
    ...(config.hasFrequencyCaps ? {} : { caps: "off" as const }),
    ...(config.links && { links: config.links }),
    ...(config.messagesInFlight !== undefined && { messagesInFlight: config.messagesInFlight }),
    ...(config.hasQuietHours ? {} : { quietHours: "off" as const }),
  });
  const close = async () => {
    await kit.close();
    await queue.close();
    await channels.close();
    await shared?.close();
    await transport.close();
  };
  const lifecycle = { isDraining: false, samplePush: null };
  const passwordCost = options.passwordCost ?? DEFAULT_PASSWORD_COST;
  const facts = { version, role, config, kit, stores, clock, random, ids, logger };
  const fingerprintKey = async (tenantId: number) => keys.derive("idempotency", tenantId);
  const stopping = new AbortController();
  const listeners = new Set<(ended: EndedAttempt) => void>([metrics.job]);
  const scheduler = openScheduler({
    ...{ stores, modules, role, clock, random, ids, logger },
    leaseMs: config.timings.leaseMs,
    shutdownMs: SHUTDOWN_MS,
    context: () => context,
    onEnd: (ended) => {
      for (const listener of listeners) listener(ended);
    },
  });
  const xxlJob = config.xxlJob && xxlJobExecutor({ ...config.xxlJob, scheduler, transport, clock });
  if (xxlJob) listeners.add(xxlJob.ended);
  const context: ServerContext = {
    ...facts,
    configValues: values,
    hotConfig,
    concurrency,
    queue,
    metrics,
    transport,
    traces,
    scheduler,
    xxlJob,
    keys,
    fingerprintKey,
    passwordCost,
    wecomAccount: channels.wecomAccount,
    wecomClient: channels.wecomClient,
    smsAccount: channels.smsAccount,
    lifecycle,
    stopping: stopping.signal,
    modules,
    roles,
  };

  let listener: HttpListener;
  try {
    await prepareFirstTenant(kit, config.timeZone);
    if (config.usesSampleData && (role === "all" || role === "api")) await makeSampleTemplates(kit);
    await tellLogin(context, print);
    // What routes ask about is known before they are asked.
    await scheduler.list();
    await hotConfig.refresh();
    listener = await listen(buildApp(context), config, { clock, isUpload });
  } catch (error) {
    await close();
    throw error;
  }
  if (channels.inboxUrl !== undefined) print(`短信收件箱（模拟器）/ SMS inbox (simulator): ${channels.inboxUrl}`);
  for (const [name, url] of Object.entries(channels.inboxes))
    print(`收件箱（模拟器）/ inbox (simulator) ${name}: ${url}`);
  print(`RecallKit ${version} (${role}) ready: ${listener.url}`);

  const { reconcilesFirst = false } = options;
  const source = config.nacos && nacosSource({ ...config.nacos, transport });
  const following = Promise.all([
    hotConfig.run({ signal: stopping.signal }),
    // The scheduler reads it for all.
    source && (role === "all" || role === "scheduler") && followSource(context, source, stopping.signal),
  ]);
  const work = background(context, { wasEmpty, print, reconcilesFirst, signal: stopping.signal });
  // The owner of the server looks at `work`; until then a failure must not count as unhandled.
  work.catch(() => {});
  let stopped: Promise<void> | undefined;
  return {
    url: listener.url,
    context,
    work,
    stop() {
      stopped ??= (async () => {
        context.lifecycle.isDraining = true;
        stopping.abort();
        const begun = clock.monotonic();
        // Until the work is done it answers, so that those in front learn of its end.
        await work.catch(() => {});
        await following;
        await listener.close(Math.max(SHORTEST_CLOSE_MS, SHUTDOWN_MS - (clock.monotonic() - begun)));
        await close();
      })();
      return stopped;
    },
  };
}

/** Work is announced through RabbitMQ where there is one; one that is away is looked for again and again. */
function openQueue({ rabbitmqUrl: url }: ServerConfig, logger: Logger): Promise<WorkQueue> {
  return url === undefined ? Promise.resolve(embeddedQueue()) : openRabbitmqQueue({ url, logger });
}

async function background(
  context: ServerContext,
  options: {
    readonly wasEmpty: boolean;
    readonly reconcilesFirst: boolean;
    readonly print: (line: string) => void;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { wasEmpty, reconcilesFirst, print, signal } = options;
  if (context.role !== "api") {
    // Whoever was cut off in the middle of it goes on with it.
    const { batches, messages, skipped } = await context.kit.reconcileFirst({ resume: !reconcilesFirst });
    if (reconcilesFirst)
      print(
        `已标记待核对批次 / batches to be looked up first: ${batches}; 消息 / messages: ${messages}; 已跳过推送 / pushes skipped: ${skipped}`,
      );
  }
  if (await wantsSample(context, wasEmpty)) await startSample(context, options);
  if (signal.aborted) return;
  const { scheduler, xxlJob, role } = context;
  await Promise.all([
    runEngine(context, signal),
    runJobs(context, signal),
    ...(role === "api" ? [] : [scheduler.run({ signal }), xxlJob?.run({ signal })]),
  ]);
}

/** Plans and sends, as far as this process does. */
async function runEngine({ kit, role }: ServerContext, signal: AbortSignal): Promise<void> {
  if (role === "all") await kit.run({ signal });
  else if (role !== "api") await kit.run({ signal, roles: [role] });
}

async function tellLogin(context: ServerContext, print: (line: string) => void): Promise<void> {
  const { config, stores, clock, random, role, passwordCost: cost } = context;
  if (role !== "all" && role !== "api") return;
  const { dataDir, isProduction, bootstrapUsername: username, bootstrapPassword: password } = config;
  const login = await ensureBootstrapLogin({
    stores,
    clock,
    random,
    dataDir,
    isProduction,
    username,
    password,
    cost,
  });
  const line = loginLine(login);
  if (line !== undefined) print(line);
}

function loginLine(login: BootstrapLogin): string | undefined {
  if (login.kind === "generated") {
    return `登录 / login: ${login.username} ${login.password} (已保存 / kept in ${login.file})`;
  }
  if (login.kind === "from-environment") return `登录 / login: ${login.username} (BOOTSTRAP_PASSWORD)`;
  return existsSync(login.file) ? `登录 / login: ${login.file}` : undefined;
}

/** Values that must never stand in a log line. */
function secretsOf(config: ServerConfig): string[] {
  const { secretKey, previousSecretKeys, wecom, wecomCallback, bootstrapPassword, alertWebhook, database, redisUrl } =
    config;
  const given = [
    database.engine === "sqlite" ? undefined : passwordIn(database.url),
    passwordIn(redisUrl),
    passwordIn(config.rabbitmqUrl),
    secretKey,
    ...previousSecretKeys,
    wecom?.secret,
    wecomCallback?.token,
    wecomCallback?.encodingAesKey,
    config.officialAccountCallback?.token,
    config.officialAccountCallback?.encodingAesKey,
    ...(config.sms ? secretsOfSms(config.sms) : []),
    ...secretsOfMessaging(config.messaging),
    bootstrapPassword,
    alertWebhook?.secret,
    config.leads.dialer?.secret,
    config.xxlJob?.accessToken,
    config.nacos?.login?.password,
  ];
  return given.filter((secret) => secret !== undefined);
}

function passwordIn(url: string | undefined): string | undefined {
  return url === undefined ? undefined : decodeURIComponent(new URL(url).password) || undefined;
}

function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}
