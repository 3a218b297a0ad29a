import { isTimeZone } from "@recallkit/core/ports";
import * as z from "zod";
import { messagingVariables } from "../messaging/variables.js";
import { authVariables } from "../modules/auth/variables.js";
import { configurationVariables } from "../modules/configuration/variables.js";
import { consoleVariables } from "../modules/console/variables.js";
import { conversionVariables } from "../modules/conversions/variables.js";
import { importVariables } from "../modules/imports/variables.js";
import { jobVariables } from "../modules/jobs/variables.js";
import { landingVariables } from "../modules/landing/variables.js";
import { leadVariables } from "../modules/leads/variables.js";
import { projectionVariables } from "../modules/projections/variables.js";
import { revisitVariables } from "../modules/revisit/variables.js";
import { revisitImportVariables } from "../modules/revisit-imports/variables.js";
import { scriptVariables } from "../modules/scripts/variables.js";
import { inboxVariables } from "../modules/service-inbox/variables.js";
import { smsVariables } from "../modules/sms/variables.js";
import { wecomCallbackVariables } from "../modules/wecom-callbacks/variables.js";
import {
  commaList,
  httpUrl,
  integer,
  onOff,
  rabbitmqUrl,
  redisUrl,
  safeUrl,
  shortText,
  trustedProxies,
} from "./fields.js";
import { isWeakSecret } from "./secret-key.js";

const HOUR_MS = 3_600_000;

const scheduleMs = commaList
  .refine((parts) => parts.length > 0 && parts.every((part) => /^\d{1,12}$/.test(part)), {
    message: "must be a comma list of milliseconds",
  })
  .transform((parts) => parts.map(Number))
  .refine((delays) => delays.every((delay, index) => index === 0 || delay > (delays[index - 1] ?? 0)), {
    message: "must rise from one entry to the next",
  });

/** Every variable of the server. Values are texts that are not empty. */
export const variables = {
  NODE_ENV: z.string().optional(),
  DATA_DIR: z.string().default("./data"),
  DATABASE_URL: z.string().optional(),
  REDIS_URL: redisUrl.optional(),
  RABBITMQ_URL: rabbitmqUrl.optional(),
  HOST: shortText.optional(),
  PORT: integer(0, 65_535),
  SECRET_KEY: z
    .string()
    .refine((key) => !isWeakSecret(key), { message: "must have at least 32 characters, and not the same few" })
    .optional(),
  SECRET_KEY_PREVIOUS: commaList
    .refine((keys) => keys.every((key) => !isWeakSecret(key)), {
      message: "must be a comma list of keys of at least 32 characters",
    })
    .optional(),
  TRUST_PROXY: trustedProxies.optional(),
  HEADERS_TIMEOUT_MS: integer(100, HOUR_MS),
  REQUEST_TIMEOUT_MS: integer(100, HOUR_MS),
  LOG_RETENTION_DAYS: integer(30, 3_650),
  AUDIT_RETENTION_DAYS: integer(180, 36_500),
  ALERT_WEBHOOK_URL: safeUrl.optional(),
  ALERT_WEBHOOK_SECRET: z.string().min(32, { message: "needs at least 32 characters" }).max(255).optional(),
  SIMULATORS: onOff,
  SAMPLE_DATA: onOff,
  TIME_ZONE: z.string().refine(isTimeZone, { message: "must be an IANA time zone such as Asia/Shanghai" }).optional(),
  LOG_LEVEL: z
    .enum(["trace", "debug", "info", "warn", "error", "silent"], {
      message: "must be trace, debug, info, warn, error or silent",
    })
    .default("info"),
  LOG_ADDRESSES: z.enum(["masked", "full", "off"], { message: "must be masked, full or off" }).default("masked"),
  SLOW_QUERY_MS: integer(0, HOUR_MS),

  WECOM_CORP_ID: shortText.optional(),
  WECOM_SECRET: shortText.optional(),
  WECOM_BASE_URL: httpUrl.optional(),
  WECOM_AGENT_ID: integer(1, 2_000_000_000),
  WECOM_BATCH_SIZE: integer(1, 10_000),
  WECOM_RECEIVE_QUOTA: z
    .string()
    .regex(/^(off|(day|week|month):[1-9]\d{0,3})$/, {
      message: "must be off, or day, week or month with a number: week:7",
    })
    .optional(),
  WECOM_MINI_PROGRAM_APP_ID: shortText.optional(),
  MEDIA_HOSTS: commaList.optional(),

  LEASE_MS: integer(100, HOUR_MS),
  HEARTBEAT_MS: integer(10, HOUR_MS),
  PROVIDER_TIMEOUT_MS: integer(50, HOUR_MS),
  SETTLE_WINDOW_MS: integer(0, 24 * HOUR_MS),
  SEND_DEADLINE_MS: integer(50, HOUR_MS),
  CALL_DEADLINE_MS: integer(50, HOUR_MS),
  SWEEP_INTERVAL_MS: integer(50, HOUR_MS),
  RESULTS_POLL_MS: integer(50, HOUR_MS),
  RECONCILE_SCHEDULE_MS: scheduleMs.optional(),
  FREQUENCY_CAPS: onOff,
  QUIET_HOURS: onOff,
  RATE_LIMITS: onOff,
  ...authVariables,
  ...configurationVariables,
  ...consoleVariables,
  ...conversionVariables,
  ...importVariables,
  ...leadVariables,
  ...jobVariables,
  ...landingVariables,
  ...projectionVariables,
  ...revisitImportVariables,
  ...revisitVariables,
  ...scriptVariables,
  ...smsVariables,
  ...messagingVariables,
  ...inboxVariables,
  ...wecomCallbackVariables,
};

/** The environment as a schema. */
export const environmentSchema = z.object(variables);
export type EnvironmentValues = z.output<typeof environmentSchema>;
