import * as z from "zod";
import { NotFoundError } from "../errors.js";
import type { Stores } from "../ports/stores.js";
import { frequencyCapsSchema } from "../rule/frequency-caps.js";
import type { FrequencyCapsInput } from "../rule/rule-input.js";
import { withoutNullsDeep, withoutUndefined } from "../without-nulls.js";
import { parseInput } from "../zod-issues.js";
import { areCaps, capsSet, type FrequencyCaps } from "./frequency-cap.js";

const CONFIG_KEY = "contact-policy";

const channelSchema = z.string().regex(/^[a-z][a-z0-9_-]{0,63}$/, { message: "must be the name of a channel" });

/** Each part as a word, and as parts of its own. */
const FORMS = {
  caps: [z.literal(["off", "default"]), frequencyCapsSchema],
  consent: [z.literal(["off", "required"]), z.strictObject({ channels: z.array(channelSchema).min(1).max(64) })],
} as const;

/** What `contactPolicy.set` takes. */
export const policySchema = z.strictObject({
  caps: z.union(FORMS.caps).optional(),
  consent: z.union(FORMS.consent).optional(),
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
}

/** What holds for the messages of a tenant; a rule may only be stricter. */
export interface ContactPolicy {
  readonly caps: FrequencyCaps | "off";
  /** On which channels marketing messages need a consent. */
  readonly consent: "off" | "required" | { readonly channels: readonly string[] };
}

/** What the installation says. */
export interface InstallationPolicy {
  readonly caps: FrequencyCaps;
}

/** What holds for a tenant, as the gates read it. */
export interface HeldPolicy extends InstallationPolicy, Pick<ContactPolicy, "consent"> {}

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
export async function policyOf({ stores, caps: installed }: PolicyContext, tenantId: number): Promise<HeldPolicy> {
  const { caps = "default", consent = "off" } = await keptPolicy(stores, tenantId);
  return { caps: caps === "default" ? installed : capsSet(installed, caps), consent };
}

async function keptPolicy({ config }: Pick<Stores, "config">, tenantId: number): Promise<KeptPolicy> {
  const kept = await config.get(tenantId, CONFIG_KEY);
  return kept === undefined ? {} : parsePolicy(JSON.parse(kept));
}

// A union would tell that neither form fits, and not what is wrong with the form that is meant.
function parsePolicy(input: ContactPolicyInput): KeptPolicy {
  const isGroup = (part: unknown) => typeof part === "object" && part !== null;
  const { caps, consent } = FORMS;
  const schema = z.strictObject({
    caps: (isGroup(input?.caps) ? caps[1] : caps[0]).optional(),
    consent: (isGroup(input?.consent) ? consent[1] : consent[0]).optional(),
  });
  return parseInput(schema, withoutNullsDeep(input));
}
