import { join } from "node:path";
import { ConfigError, type Timings } from "@recallkit/core";
import type { LinkOptions, ReceiveQuota } from "@recallkit/core/ports";
import { type DatabaseSetting, parseDatabaseUrl } from "./config/database-url.js";
import {
  databaseInParts,
  type Environment,
  type EnvironmentFault,
  rabbitmqInParts,
  readVariables,
  redisInParts,
} from "./config/environment.js";
import { linksOf } from "./config/link-settings.js";
import { nacosOf, xxlJobOf } from "./config/outside-schedulers.js";
import { receiveQuotaOf } from "./config/receive-quota.js";
import { smsAccountIn, smsFaults } from "./config/sms-settings.js";
import { type EnvironmentValues, environmentSchema, variables } from "./config/variables.js";
import type { ServerRole } from "./frame/context.js";
import { type MessagingSettings, messagingFaults, messagingIn } from "./messaging/settings.js";
import { isWeakPassword } from "./modules/auth/weak-password.js";
import type { NacosOptions } from "./modules/configuration/nacos/nacos-source.js";
import { type ProjectionSettings, projectionsIn } from "./modules/projections/settings.js";
import {
  type AccountCallback,
  accountCallbackFaults,
  accountCallbackIn,
} from "./modules/service-inbox/account-callback.js";

import type { SmsAccount } from "./sms/sms-account.js";

/** Real credentials of a WeCom app. */
export interface WecomCredentials {
  readonly corpId: string;
  readonly secret: string;
  readonly baseUrl: string | undefined;
  /** The app that writes to staff; undefined: content can't be shown to them. */
  readonly agentId: number | undefined;
}

/** The server's settings, checked. */
export interface ServerConfig {
  readonly isProduction: boolean;
  readonly host: string;
  /** 0 takes any free port. @default 8000 */
  readonly port: number;
  readonly dataDir: string;
  readonly database: DatabaseSetting;
  /** Undefined: every process keeps access tokens for itself. */
  readonly redisUrl: string | undefined;
  /** Undefined: work is announced within the process, and found in the ledger by the others. */
  readonly rabbitmqUrl: string | undefined;
  /** Undefined: one is kept in the data folder. */
  readonly secretKey: string | undefined;
  /** Keys used before; they open what is still sealed under them. */
  readonly previousSecretKeys: readonly string[];
  /** Undefined: no real account. */
  readonly wecom: WecomCredentials | undefined;
  /** What signs and encrypts the callbacks of the first tenant's account; undefined: they are refused. */
  readonly wecomCallback: { readonly token: string; readonly encodingAesKey: string } | undefined;
  /** What signs and encrypts the callbacks of the official account; undefined: they are refused. */
  readonly officialAccountCallback: AccountCallback | undefined;
  readonly wecomBatchSize: number | undefined;
  readonly miniProgramAppId: string | undefined;
  /** Mass messages that one customer can receive; undefined: WeCom's own limit. */
  readonly wecomReceiveQuota: ReceiveQuota | "off" | undefined;
  readonly mediaHosts: readonly string[];
  /** Undefined: no real account of SMS. */
  readonly sms: SmsAccount | undefined;
  /** Accounts of e-mail, Feishu, app push, webhook and official account. */
  readonly messaging: MessagingSettings;
  /** Calls for messages of templates in flight at once; undefined: the kit's default. */
  readonly messagesInFlight: number | undefined;
  /** Simulators of those of them that have no account run inside this process. */
  readonly usesMessagingSimulators: boolean;
  /** Reports and replies are fetched from Yunpian instead of pushed by it. */
  readonly pullsYunpian: boolean;
  /** The simulator of WeCom runs inside this process. */
  readonly usesSimulators: boolean;
  /** The simulator of providers of SMS runs inside this process. */
  readonly usesSmsSimulator: boolean;
  /** An empty database gets the sample shop. */
  readonly usesSampleData: boolean;
  readonly timings: Partial<Timings>;
  /** Longest wait for one call of a provider, ms; undefined: the channel's own. */
  readonly providerTimeoutMs: number | undefined;
  /** Days for which transitions and alarms are kept; undefined: the kit's default. */
  readonly logRetentionDays: number | undefined;
  /** @default 1095 */
  readonly auditRetentionDays: number;
  readonly hasFrequencyCaps: boolean;
  /** Marketing messages keep to permitted hours. */
  readonly hasQuietHours: boolean;
  readonly hasRateLimits: boolean;
  /** As Express takes it; false: nobody's word about a caller's address counts. */
  readonly trustProxy: false | number | string[];
  /** Longest wait for the headers, and for a whole request. @default 15 s, 30 s */
  readonly httpTimeouts: { readonly headersMs: number; readonly requestMs: number };
  /** Where people find the pages of links; undefined: nobody said, and texts with links are refused. */
  readonly links: LinkOptions | undefined;
  /** The web console is served. @default true */
  readonly hasConsole: boolean;
  /** Files of imports. */
  readonly imports: {
    /** Shared by the processes that take files and those that import them. @default `imports` in the data folder */
    readonly folder: string;
    /** Largest file, bytes. @default 4 GB */
    readonly maxBytes: number;
    /** Days after which files go that nobody works on. @default 30 */
    readonly retentionDays: number;
  };
  /** Files of institutions. */
  readonly revisitImports: {
    /** Where the hourly look finds them. @default `import` in the data folder */
    readonly folder: string;
    /** Where those that come over HTTP are kept while they are read. */
    readonly uploads: string;
    /** Between the two looks at a file, ms. @default 2000 */
    readonly settleMs: number;
  };
  /** Stores beside the ledger. */
  readonly projections: ProjectionSettings;
  /** Which order belongs to which push is kept, so that reports need not search for it. */
  readonly keepsCredits: boolean;
  /** Lead packages and calls. */
  readonly leads: {
    /** Where click-to-call goes; undefined: nobody is rung. */
    readonly dialer: { readonly url: string; readonly secret: string } | undefined;
    /** When people are called, wall time of where they are; 24:00 is the end of the day. @default 08:00 to 20:00 */
    readonly callingHours: { readonly from: string; readonly to: string };
    /** How long a lead stays with an agent who says nothing more, ms. @default 2 min */
    readonly leaseMs: number;
  };
  /** Days before a birthday on which people are found, of institutions that say nothing else. @default 7 */
  readonly birthdayReminderDaysAhead: number;
  /** The model that writes texts for people. */
  readonly llm: {
    /** Whole address of chat completions. @default DeepSeek's */
    readonly url: string;
    /** Undefined: no model writes. */
    readonly apiKey: string | undefined;
    /** @default deepseek-chat */
    readonly model: string;
    /** Whole call, ms. @default 20 s */
    readonly timeoutMs: number;
    /** Most tokens of a tenant a day. @default 1 000 000 */
    readonly dailyTokens: number;
    /** Most money of a tenant a day, major units; undefined: only tokens are limited. */
    readonly dailyCost: number | undefined;
    /** Major units for a million tokens. @default 0 */
    readonly prices: { readonly prompt: number; readonly completion: number };
  };
  /** A Nacos that the configuration follows; undefined: none. */
  readonly nacos: Omit<NacosOptions, "transport"> | undefined;
  /** An xxl-job-admin that drives the jobs; undefined: they fire by their own schedules only. */
  readonly xxlJob:
    | {
        readonly adminUrls: readonly string[];
        readonly accessToken: string;
        readonly appName: string;
        /** Where the admin reaches this server. */
        readonly address: string;
      }
    | undefined;
  /** Where alarms are posted; undefined: to log and database only. */
  readonly alertWebhook: { readonly url: string; readonly secret: string } | undefined;
  /** Zone to give to the first tenant; undefined: leave it as it is. */
  readonly timeZone: string | undefined;
  readonly bootstrapUsername: string | undefined;
  readonly bootstrapPassword: string | undefined;
  readonly logLevel: EnvironmentValues["LOG_LEVEL"];
  /** How lines of the log show where a request came from. @default masked */
  readonly logAddresses: EnvironmentValues["LOG_ADDRESSES"];
  /** Statements of the database that take so long are logged, ms; 0: none is. @default 1000 */
  readonly slowQueryMs: number;
}

/** First interval of results polls while simulators tell within seconds what became of messages. */
const SIMULATED_RESULTS_POLL_MS = 1000;

/**
 * Reads the environment.
 *
 * @throws {ConfigError} `config.invalid`, every fault at once; names variables, never values
 */
export function readConfig(environment: Environment, role: ServerRole = "all"): ServerConfig {
  const { values, origins } = readVariables(environment, Object.keys(variables));
  const redisParts = redisInParts(environment);
  if (values.REDIS_URL === undefined && redisParts !== undefined) values.REDIS_URL = redisParts;
  const rabbitmqParts = rabbitmqInParts(environment);
  if (values.RABBITMQ_URL === undefined && rabbitmqParts !== undefined) values.RABBITMQ_URL = rabbitmqParts;
  const parsed = environmentSchema.safeParse(values);
  const faults: EnvironmentFault[] = [];
  if (!parsed.success) {
    for (const { path, message } of parsed.error.issues) {
      const variable = String(path[0]);
      faults.push({ variable: origins[variable] ?? variable, message });
    }
  }
  // Relations between variables are checked also when some variable is wrong by itself.
  const known = parsed.success ? parsed.data : usable(values);
  faults.push(...relationFaults(known, values));
  const given = known.DATABASE_URL ?? databaseInParts(environment);
  const database = parseDatabaseUrl(given ?? `sqlite:${join(known.DATA_DIR, "recallkit.db")}`);
  if (typeof database === "string") faults.push({ variable: "DATABASE_URL", message: database });
  if (faults.length > 0 || typeof database === "string") throw configError(faults);
  return settingsOf(known, database, role);
}

/** What the variables that are right by themselves say, with defaults for the others. */
function usable(values: Readonly<Record<string, string>>): EnvironmentValues {
  const right = Object.entries(variables).filter(([name, schema]) => schema.safeParse(values[name]).success);
  return environmentSchema.parse(Object.fromEntries(right.map(([name]) => [name, values[name]])));
}

/** What no single variable can tell. `given` holds every variable that is set, right or wrong. */
function relationFaults(
  known: EnvironmentValues,
  given: Readonly<Record<string, string>>,
): readonly EnvironmentFault[] {
  const faults: EnvironmentFault[] = [];
  const fault = (variable: string, message: string) => faults.push({ variable, message });
  const { WECOM_CORP_ID: corpId, WECOM_SECRET: secret, WECOM_BASE_URL: baseUrl } = given;
  if (!corpId && (secret || baseUrl)) fault("WECOM_CORP_ID", "is missing beside the other WECOM_ variables");
  if (!secret && (corpId || baseUrl)) fault("WECOM_SECRET", "is missing beside the other WECOM_ variables");
  const { WECOM_CALLBACK_TOKEN: callbackToken, WECOM_CALLBACK_AES_KEY: callbackKey } = given;
  if (callbackToken && !callbackKey) fault("WECOM_CALLBACK_AES_KEY", "is missing beside WECOM_CALLBACK_TOKEN");
  if (callbackKey && !callbackToken) fault("WECOM_CALLBACK_TOKEN", "is missing beside WECOM_CALLBACK_AES_KEY");
  // Callbacks name the corp; the simulator's is known.
  const isWithoutCorp = !corpId && !secret && !baseUrl && (callbackToken || callbackKey);
  if (isWithoutCorp && (known.SIMULATORS === false || known.NODE_ENV === "production")) {
    fault("WECOM_CORP_ID", "is missing beside the WECOM_CALLBACK_ variables");
  }
  faults.push(...smsFaults(known, given), ...messagingFaults(given), ...accountCallbackFaults(given));
  const { LEASE_MS: lease = 60_000, HEARTBEAT_MS: heartbeat } = known;
  if (heartbeat !== undefined && heartbeat >= lease) fault("HEARTBEAT_MS", "must be shorter than LEASE_MS");
  const { ALERT_WEBHOOK_URL: alertUrl, ALERT_WEBHOOK_SECRET: alertSecret } = given;
  if (alertUrl && !alertSecret) fault("ALERT_WEBHOOK_SECRET", "is missing beside ALERT_WEBHOOK_URL");
  if (alertSecret && !alertUrl) fault("ALERT_WEBHOOK_URL", "is missing beside ALERT_WEBHOOK_SECRET");
  const { DIALER_WEBHOOK_URL: dialerUrl, DIALER_WEBHOOK_SECRET: dialerSecret } = given;
  if (dialerUrl && !dialerSecret) fault("DIALER_WEBHOOK_SECRET", "is missing beside DIALER_WEBHOOK_URL");
  if (dialerSecret && !dialerUrl) fault("DIALER_WEBHOOK_URL", "is missing beside DIALER_WEBHOOK_SECRET");
  if (given.LLM_DAILY_COST && !(known.LLM_PRICE_INPUT && known.LLM_PRICE_OUTPUT))
    fault("LLM_PRICE_INPUT", "is missing beside LLM_DAILY_COST, or LLM_PRICE_OUTPUT is");
  if (given.NACOS_USERNAME && !given.NACOS_PASSWORD) fault("NACOS_PASSWORD", "is missing beside NACOS_USERNAME");
  if (given.XXL_JOB_ADMIN_URL && !given.XXL_JOB_ACCESS_TOKEN)
    fault("XXL_JOB_ACCESS_TOKEN", "is missing beside XXL_JOB_ADMIN_URL");
  if (given.XXL_JOB_ADMIN_URL && !given.XXL_JOB_EXECUTOR_URL && !given.PUBLIC_URL)
    fault("XXL_JOB_EXECUTOR_URL", "is missing beside XXL_JOB_ADMIN_URL, and so is PUBLIC_URL");
  const { HEADERS_TIMEOUT_MS: headers = 15_000, REQUEST_TIMEOUT_MS: whole = 30_000 } = known;
  if (headers > whole) fault("HEADERS_TIMEOUT_MS", "must not be longer than REQUEST_TIMEOUT_MS");
  if (given.SHORT_URL && !given.PUBLIC_URL) fault("PUBLIC_URL", "is missing beside SHORT_URL");
  if (known.NODE_ENV !== "production") return faults;
  const { BOOTSTRAP_PASSWORD: password } = known;
  if (password !== undefined && isWeakPassword(password)) {
    fault(
      "BOOTSTRAP_PASSWORD",
      "is too easy to guess for NODE_ENV=production: at least 12 characters, no well-known password",
    );
  }
  if (!given.SECRET_KEY) fault("SECRET_KEY", "is required with NODE_ENV=production");
  if (known.RABBITMQ_URL !== undefined && new URL(known.RABBITMQ_URL).password === "guest")
    fault("RABBITMQ_URL", "must not log in with the default password with NODE_ENV=production");
  for (const name of ["SIMULATORS", "SAMPLE_DATA"] as const) {
    if (known[name] === true) fault(name, "must be off with NODE_ENV=production");
  }
  for (const name of ["FREQUENCY_CAPS", "QUIET_HOURS", "RATE_LIMITS"] as const) {
    if (known[name] === false) fault(name, "cannot be off with NODE_ENV=production");
  }
  return faults;
}

function settingsOf(known: EnvironmentValues, database: DatabaseSetting, role: ServerRole): ServerConfig {
  const isProduction = known.NODE_ENV === "production";
  const { WECOM_CORP_ID: corpId, WECOM_SECRET: secret, WECOM_BASE_URL: baseUrl, WECOM_AGENT_ID: agentId } = known;
  const wecom = corpId !== undefined && secret !== undefined ? { corpId, secret, baseUrl, agentId } : undefined;
  const { WECOM_CALLBACK_TOKEN: token, WECOM_CALLBACK_AES_KEY: encodingAesKey } = known;
  const { ALERT_WEBHOOK_URL: url, ALERT_WEBHOOK_SECRET: alertSecret } = known;
  const isAlone = role === "all" && !isProduction;
  const sms = smsAccountIn(known);
  const messaging = messagingIn(known);
  // One real account is enough to take the installation for a real one, unless simulators are asked for.
  const maySimulate = isAlone && (known.SIMULATORS ?? (!wecom && !sms));
  const usesSimulators = maySimulate && !wecom;
  const usesSmsSimulator = maySimulate && !sms;
  return {
    isProduction,
    host: known.HOST ?? (isProduction ? "0.0.0.0" : "127.0.0.1"),
    port: known.PORT ?? 8000,
    dataDir: known.DATA_DIR,
    database,
    redisUrl: known.REDIS_URL,
    rabbitmqUrl: known.RABBITMQ_URL,
    secretKey: known.SECRET_KEY,
    previousSecretKeys: known.SECRET_KEY_PREVIOUS ?? [],
    wecom,
    wecomCallback: token !== undefined && encodingAesKey !== undefined ? { token, encodingAesKey } : undefined,
    officialAccountCallback: accountCallbackIn(known, maySimulate),
    wecomBatchSize: known.WECOM_BATCH_SIZE,
    miniProgramAppId: known.WECOM_MINI_PROGRAM_APP_ID,
    wecomReceiveQuota: receiveQuotaOf(known.WECOM_RECEIVE_QUOTA),
    mediaHosts: known.MEDIA_HOSTS ?? [],
    sms,
    pullsYunpian: known.YUNPIAN_PULL ?? usesSmsSimulator,
    usesSimulators,
    usesSmsSimulator,
    messaging,
    messagesInFlight: known.MESSAGES_IN_FLIGHT,
    usesMessagingSimulators: maySimulate,
    // Made-up people stay out of a database that serves a real account, unless asked for.
    usesSampleData: isAlone && (known.SAMPLE_DATA ?? (usesSimulators && usesSmsSimulator)),
    timings: timingsOf(known, usesSimulators || usesSmsSimulator),
    providerTimeoutMs: known.PROVIDER_TIMEOUT_MS,
    logRetentionDays: known.LOG_RETENTION_DAYS,
    auditRetentionDays: known.AUDIT_RETENTION_DAYS ?? 1095,
    hasFrequencyCaps: known.FREQUENCY_CAPS !== false,
    hasQuietHours: known.QUIET_HOURS !== false,
    hasRateLimits: known.RATE_LIMITS !== false,
    trustProxy: known.TRUST_PROXY ?? false,
    httpTimeouts: {
      headersMs: known.HEADERS_TIMEOUT_MS ?? 15_000,
      requestMs: known.REQUEST_TIMEOUT_MS ?? 30_000,
    },
    links: linksOf(known, isProduction),
    hasConsole: known.CONSOLE !== false,
    imports: {
      folder: known.IMPORT_DIR ?? join(known.DATA_DIR, "imports"),
      maxBytes: (known.IMPORT_MAX_MB ?? 4096) * 1024 * 1024,
      retentionDays: known.IMPORT_RETENTION_DAYS ?? 30,
    },
    revisitImports: {
      folder: known.REVISIT_IMPORT_DIR ?? join(known.DATA_DIR, "import"),
      uploads: join(known.IMPORT_DIR ?? join(known.DATA_DIR, "imports"), "revisit"),
      settleMs: known.REVISIT_IMPORT_SETTLE_MS ?? 2_000,
    },
    projections: projectionsIn(known),
    keepsCredits: known.CONVERSION_ROLL_UPS === true,
    leads: {
      dialer:
        known.DIALER_WEBHOOK_URL !== undefined && known.DIALER_WEBHOOK_SECRET !== undefined
          ? { url: known.DIALER_WEBHOOK_URL, secret: known.DIALER_WEBHOOK_SECRET }
          : undefined,
      callingHours: known.CALLING_HOURS ?? { from: "08:00", to: "20:00" },
      leaseMs: known.LEAD_LEASE_MS ?? 120_000,
    },
    birthdayReminderDaysAhead: known.BIRTHDAY_REMINDER_DAYS_AHEAD ?? 7,
    llm: {
      url: known.LLM_API_URL ?? "https://api.deepseek.com/v1/chat/completions",
      // As the documentation prints it, nobody has set it yet.
      apiKey: known.LLM_API_KEY === "your-api-key" ? undefined : known.LLM_API_KEY,
      model: known.LLM_MODEL ?? "deepseek-chat",
      timeoutMs: known.LLM_TIMEOUT_MS ?? 20_000,
      dailyTokens: known.LLM_DAILY_TOKENS ?? 1_000_000,
      dailyCost: known.LLM_DAILY_COST,
      prices: { prompt: known.LLM_PRICE_INPUT ?? 0, completion: known.LLM_PRICE_OUTPUT ?? 0 },
    },
    nacos: nacosOf(known),
    xxlJob: xxlJobOf(known),
    alertWebhook: url !== undefined && alertSecret !== undefined ? { url, secret: alertSecret } : undefined,
    timeZone: known.TIME_ZONE,
    bootstrapUsername: known.BOOTSTRAP_USERNAME,
    bootstrapPassword: known.BOOTSTRAP_PASSWORD,
    logLevel: known.LOG_LEVEL,
    logAddresses: known.LOG_ADDRESSES,
    slowQueryMs: known.SLOW_QUERY_MS ?? 1000,
  };
}

function timingsOf(known: EnvironmentValues, usesSimulators: boolean): Partial<Timings> {
  const given = {
    leaseMs: known.LEASE_MS,
    heartbeatMs: known.HEARTBEAT_MS ?? (known.LEASE_MS === undefined ? undefined : Math.floor(known.LEASE_MS / 3)),
    settleWindowMs: known.SETTLE_WINDOW_MS,
    sendDeadlineMs: known.SEND_DEADLINE_MS,
    callDeadlineMs: known.CALL_DEADLINE_MS,
    sweepIntervalMs: known.SWEEP_INTERVAL_MS,
    resultsPollMs: known.RESULTS_POLL_MS ?? (usesSimulators ? SIMULATED_RESULTS_POLL_MS : undefined),
    reconcileScheduleMs: known.RECONCILE_SCHEDULE_MS,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function configError(faults: readonly EnvironmentFault[]): ConfigError {
  const lines = faults.map(({ variable, message }) => `${variable}: ${message}`);
  const names = [...new Set(faults.map(({ variable }) => variable))];
  return new ConfigError("config.invalid", names.join(", "), `the environment is not usable\n  ${lines.join("\n  ")}`);
}
