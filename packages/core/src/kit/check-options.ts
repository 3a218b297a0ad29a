import * as z from "zod";
import type { FrequencyCaps } from "../contact/frequency-cap.js";
import { DEFAULT_TIMINGS, type Timings } from "../engine/timings.js";
import { ConfigError } from "../errors.js";
import { listenerSchema, objectSchema, signalSchema } from "../input.js";
import type { LinkOptions } from "../link/link.js";
import { RETAINED_KINDS } from "../ports/retention-store.js";
import { withDefaults } from "../with-defaults.js";
import { checkInput } from "../zod-issues.js";
import type { RecallKitOptions } from "./options.js";

const MIN_SECRET = 32;
/** Longest sleep of a timer; a longer one would end at once. */
const MAX_SLEEP_MS = 2 ** 31 - 1;
const YEAR_MS = 365 * 86_400_000;

/** How long something is slept for. */
const sleep = (least: number) => z.int().min(least).max(MAX_SLEEP_MS).optional();
/** How far two instants may be apart. */
const span = (least: number) => z.int().min(least).max(YEAR_MS);

const timingsSchema = z
  .strictObject({
    leaseMs: sleep(1),
    heartbeatMs: sleep(1),
    sendDeadlineMs: sleep(1),
    callDeadlineMs: sleep(1),
    channelsMs: span(0).optional(),
    settleWindowMs: span(0).optional(),
    reconcileScheduleMs: z
      .array(span(0))
      .min(1)
      .refine((times) => times.every((at, index) => index === 0 || at > (times[index - 1] ?? 0)), {
        message: "must ascend",
      })
      .optional(),
    resultsPollMs: span(0).optional(),
    taskDeadlineMs: span(1).optional(),
    sweepIntervalMs: sleep(1),
    pollIntervalMs: sleep(1),
    shutdownMs: sleep(0),
  } satisfies Record<keyof Timings, z.ZodType>)
  .refine(
    (given) => {
      const { heartbeatMs, leaseMs } = withDefaults<Pick<Timings, "heartbeatMs" | "leaseMs">>(DEFAULT_TIMINGS, given);
      return heartbeatMs < leaseMs;
    },
    { path: ["heartbeatMs"], message: "must be shorter than leaseMs" },
  );

const capsSchema = z.strictObject({
  maxPerDay: z.int().min(0).optional(),
  maxPerWeek: z.int().min(0).optional(),
  minGapHours: z.number().min(0).max(8760).optional(),
} satisfies Record<keyof FrequencyCaps, z.ZodType>);

const days = z.int().min(1).max(36_500).optional();

/** An address that people are led to. */
const webAddress = z
  .string()
  .max(1_000)
  .refine((text) => isWebAddress(text), { message: "must be an https URL; http only on this machine" });

const linksSchema = z.strictObject({
  publicUrl: webAddress,
  shortUrl: webAddress.optional(),
  expireAfterDays: z.int().min(1).max(365).optional(),
} satisfies Record<keyof LinkOptions, z.ZodType>);

/** Ports are taken as they are. */
const port = objectSchema.optional();

const optionsSchema = z.strictObject({
  stores: port,
  channels: z.array(objectSchema).or(listenerSchema).optional(),
  clock: port,
  random: port,
  ids: port,
  logger: port,
  secretKey: z.string().min(MIN_SECRET).optional(),
  previousSecretKeys: z.array(z.string().min(MIN_SECRET)).max(20).optional(),
  links: linksSchema.optional(),
  timings: timingsSchema.optional(),
  caps: z.literal("off").or(capsSchema).optional(),
  quietHours: z.literal("off").optional(),
  countedStatuses: z.array(z.string().min(1).max(64)).min(1).optional(),
  concurrency: z.int().min(1).max(64).optional(),
  queue: port,
  messagesInFlight: z.union([z.int().min(1).max(10_000), objectSchema]).optional(),
  retention: z.strictObject(Object.fromEntries(RETAINED_KINDS.map((kind) => [kind, days]))).optional(),
  personData: z.array(objectSchema).optional(),
  alerts: port,
  leases: port,
  signal: signalSchema.optional(),
} satisfies Record<keyof RecallKitOptions, z.ZodType>);

/** @throws {ConfigError} `config.invalid` names the first option that is wrong, never its value */
export function checkOptions(options: RecallKitOptions): void {
  const result = checkInput(optionsSchema, options);
  const [issue] = "issues" in result ? result.issues : [];
  if (issue) throw new ConfigError("config.invalid", issue.path, `${issue.path || "options"}: ${issue.message}`);
}

const OWN_MACHINE = ["localhost", "127.0.0.1", "[::1]"];

function isWebAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, search, hash } = new URL(text);
  if (search !== "" || hash !== "") return false;
  return protocol === "https:" || (protocol === "http:" && OWN_MACHINE.includes(hostname));
}
