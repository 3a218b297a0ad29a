import * as z from "zod";
import { NotFoundError } from "../errors.js";
import type { Stores } from "../ports/stores.js";
import { frequencyCapsSchema } from "../rule/frequency-caps.js";
import type { FrequencyCapsInput } from "../rule/rule-input.js";
import { withoutNullsDeep, withoutUndefined } from "../without-nulls.js";
import { parseInput } from "../zod-issues.js";
import { areCaps, capsSet, type FrequencyCaps } from "./frequency-cap.js";
import { type QuietHours, type SendingWindow, windowSchema } from "./quiet-hours.js";
import { type SpendLimit, spendLimitSchema } from "./spend-limit.js";

const CONFIG_KEY = "contact-policy";

const channelSchema = z.string().regex(/^[a-z][a-z0-9_-]{0,63}$/, { message: "must be the name of a channel" });

/** Each part as a word, and as parts of its own. */
const FORMS = {
  caps: [z.literal(["off", "default"]), frequencyCapsSchema],
  consent: [z.literal(["off", "required"]), z.strictObject({ channels: z.array(channelSchema).min(1).max(64) })],
  // No tenant has none: only the installation switches them off, for tests.
  quietHours: [
    z.literal("default", { error: "must be default, or windows by channel; a tenant can't switch quiet hours off" }),
    z.record(channelSchema, windowSchema.optional()),
  ],
  spend: [z.literal("off"), z.record(channelSchema, spendLimitSchema.optional())],
} as const;

/** What `contactPolicy.set` takes. */
export const policySchema = z.strictObject({
  caps: z.union(FORMS.caps).optional(),
  consent: z.union(FORMS.consent).optional(),
  quietHours: z.union(FORMS.quietHours).optional(),
  spend: z.union(FORMS.spend).optional(),
});
type KeptPolicy = z.output<typeof policySchema>;

/** What a tenant sets about contact. What is left out stays as it is. */
export interface ContactPolicyInput {
  /** `"off"`: none; `"default"`: the installation's; or the parts that differ from the installation's. */
  readonly caps?: "off" | "default" | FrequencyCapsInput | null | undefined;
  /**
   * Whether marketing messages need a consent: on no channel, on every one, or on those named, 1 … 64.
   *
   * @default "off", until it is set
   */
  readonly consent?: "off" | "required" | { readonly channels: readonly string[] } | null | undefined;
  /**
   * Hours in which marketing messages may go out, by the name of the channel, within 08:00 and 22:00 of the person's zone, else
   * the rule's; channels that are not named keep the installation's. `"default"`: the installation's for all.
   *
   * @default sms 08:00 … 20:00, until it is set
   */
  readonly quietHours?: "default" | Readonly<Record<string, SendingWindow | null | undefined>> | null | undefined;
  /** Most that messages may cost, by the name of the channel; channels that are not named have no limit. @default "off", until it is set */
  readonly spend?: "off" | Readonly<Record<string, SpendLimit | null | undefined>> | null | undefined;
}

/** What holds for the messages of a tenant; a rule may only be stricter. */
export interface ContactPolicy {
  /** How often a person may be contacted; `"off"` sets no bound. */
  readonly caps: FrequencyCaps | "off";
  /** On which channels marketing messages need a consent. */
  readonly consent: "off" | "required" | { readonly channels: readonly string[] };
  /** Hours of marketing messages by channel; `"off"` where the installation has none. */
  readonly quietHours: "off" | QuietHours;
  /** Most that messages of a channel may cost. */
  readonly spend: "off" | Readonly<Record<string, SpendLimit>>;
}

/** What the installation says. */
export interface InstallationPolicy {
  readonly caps: FrequencyCaps;
  readonly quietHours: "off" | QuietHours;
}

/** What holds for a tenant, as the gates read it. */
export interface HeldPolicy extends InstallationPolicy, Pick<ContactPolicy, "consent" | "spend"> {}

interface PolicyContext extends InstallationPolicy {
  readonly stores: Pick<Stores, "config">;
}

/** What holds for a tenant. */
export async function getContactPolicy(context: PolicyContext, tenantId: number): Promise<ContactPolicy> {
  const { caps, ...held } = await policyOf(context, tenantId);
  return { caps: areCaps(caps) ? caps : "off", ...held };
}

/**
 * Sets what holds for a tenant, from the next batch on.
 *
 * @returns what holds now
 * @throws {InputError} every fault at once. @throws {NotFoundError} `tenant.not-found`
 */
export async function setContactPolicy(
  context: InstallationPolicy & { readonly stores: Stores },
  tenantId: number,
  input: ContactPolicyInput,
): Promise<ContactPolicy> {
  const given = parsePolicy(input);
  return context.stores.transaction(async (tx) => {
    // Held: two who set different parts at once both have their way.
    if (!(await tx.tenants.get(tenantId, "exclusive"))) {
      throw new NotFoundError("tenant.not-found", `no tenant ${tenantId}`);
    }
    const kept = { ...(await keptPolicy(tx, tenantId)), ...withoutUndefined(given) };
    await tx.config.put(tenantId, CONFIG_KEY, JSON.stringify(kept));
    return getContactPolicy({ ...context, stores: tx }, tenantId);
  });
}

/** Policy of a tenant: that of the installation, save what the tenant set itself. */
export async function policyOf(
  { stores, caps: installed, quietHours }: PolicyContext,
  tenantId: number,
): Promise<HeldPolicy> {
  const {
    caps = "default",
    consent = "off",
    quietHours: hours = "default",
    spend = "off",
  } = await keptPolicy(stores, tenantId);
  const own = hours === "default" ? {} : given(hours);
  return {
    caps: caps === "default" ? installed : capsSet(installed, caps),
    consent,
    quietHours: quietHours === "off" ? "off" : { ...quietHours, ...own },
    spend: spend === "off" ? "off" : given(spend),
  };
}

/** Channels that are named and have something. */
function given<T>(byChannel: Readonly<Record<string, T | undefined>>): Readonly<Record<string, T>> {
  const entries = Object.entries(byChannel).flatMap(([name, part]) =>
    part === undefined ? [] : [[name, part] as const],
  );
  return Object.fromEntries(entries);
}

async function keptPolicy({ config }: Pick<Stores, "config">, tenantId: number): Promise<KeptPolicy> {
  const kept = await config.get(tenantId, CONFIG_KEY);
  return kept === undefined ? {} : parsePolicy(JSON.parse(kept));
}

// A union would tell that neither form fits, and not what is wrong with the form that is meant.
function parsePolicy(input: ContactPolicyInput): KeptPolicy {
  const isGroup = (part: unknown) => typeof part === "object" && part !== null;
  const { caps, consent, quietHours, spend } = FORMS;
  const schema = z.strictObject({
    caps: (isGroup(input?.caps) ? caps[1] : caps[0]).optional(),
    consent: (isGroup(input?.consent) ? consent[1] : consent[0]).optional(),
    quietHours: (isGroup(input?.quietHours) ? quietHours[1] : quietHours[0]).optional(),
    spend: (isGroup(input?.spend) ? spend[1] : spend[0]).optional(),
  });
  return parseInput(schema, withoutNullsDeep(input));
}
