import * as z from "zod";
import { configKey } from "../../frame/config-key.js";

const minutes = z.int().min(1).max(1440);
const isSafe = (url: string) => /^https:\/\/|^http:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])([:/]|$)/.test(url);
const safeUrl = z.url().refine(isSafe, { message: "must be https, or http on this machine" });

/** When somebody is told. */
export const alertRules = configKey({
  name: "alert_rules",
  title: "告警规则 / when somebody is told",
  schema: z.strictObject({
    /** Share of messages that failed for good, of those whose outcome became known lately. */
    failure_rate: z.strictObject({ above: z.number().min(0).max(1), least: z.int().min(1), minutes }),
    /** Calls of a provider without a clear answer, or refused as a whole, lately. */
    provider_errors: z.strictObject({ above: z.int().min(0), minutes }),
    /** Batches that are due and wait. */
    backlog: z.strictObject({ above: z.int().min(0) }),
    /** How long a run of a job takes. */
    duration: z.strictObject({ above_minutes: minutes }),
    /** A job whose last run failed. */
    job_error: z.boolean(),
    /** Tickets that nobody is free for, after so much working time of the desk. */
    nobody_free: z.strictObject({ minutes }).default({ minutes: 10 }),
    /** Told again while it goes on and nobody has acknowledged it. */
    repeat_minutes: minutes,
  }),
  defaultValue: {
    failure_rate: { above: 0.1, least: 20, minutes: 10 },
    provider_errors: { above: 20, minutes: 10 },
    backlog: { above: 10_000 },
    duration: { above_minutes: 60 },
    job_error: true,
    nobody_free: { minutes: 10 },
    repeat_minutes: 60,
  },
});

/** Of what people read; absent: Chinese, then English. */
const language = z.enum(["zh", "en", "both"]).optional();

const target = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("wecom-bot"),
    key: z.string().min(1).max(100),
    base_url: safeUrl.optional(),
    language,
  }),
  z.strictObject({
    kind: z.literal("feishu-bot"),
    url: safeUrl,
    secret: z.string().min(1).max(200).optional(),
    language,
  }),
  z.strictObject({ kind: z.literal("webhook"), url: safeUrl, secret: z.string().min(32).max(255) }),
  z.strictObject({
    kind: z.literal("email"),
    host: z.string().min(1).max(255),
    port: z.int().min(1).max(65_535).optional(),
    tls: z.enum(["implicit", "starttls", "none"]).optional(),
    user: z.string().max(255).optional(),
    password: z.string().max(255).optional(),
    from: z.email(),
    to: z.array(z.email()).min(1).max(20),
    language,
  }),
]);

/** Somebody who is told. */
export type AlertTarget = z.output<typeof target>;

/** Who is told; the addresses of bots let anybody write, so that all of it is a secret. */
export const alertTargets = configKey({
  name: "alert_targets",
  title: "告警接收方 / who is told",
  schema: z.array(target).max(20),
  defaultValue: [],
  isSecret: true,
});
