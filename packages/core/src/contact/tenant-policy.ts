import * as z from "zod";
import { NotFoundError } from "../errors.js";
import type { Stores } from "../ports/stores.js";
import { frequencyCapsSchema } from "../rule/frequency-caps.js";
import type { FrequencyCapsInput } from "../rule/rule-input.js";
import { withoutNulls, withoutNullsDeep } from "../without-nulls.js";
import { parseInput } from "../zod-issues.js";
import { areCaps, capsSet, type FrequencyCaps } from "./frequency-cap.js";

const CONFIG_KEY = "contact-policy";

export const wordSchema = z.strictObject({
  /** `"off"`: none; `"default"`: the installation's. */
  caps: z.literal(["off", "default"]),
});
/** Parts that differ from the installation's. */
export const partsSchema = z.strictObject({ caps: frequencyCapsSchema });

/** What a tenant sets about contact. */
export interface ContactPolicyInput {
  /** `"off"`: none; `"default"`: the installation's; or the parts that differ from the installation's. */
  readonly caps: "off" | "default" | FrequencyCapsInput;
}

/** What holds for the messages of a tenant; a rule may only be stricter. */
export interface ContactPolicy {
  readonly caps: FrequencyCaps | "off";
}

interface PolicyContext {
  readonly stores: Stores;
  /** Of the installation. */
  readonly caps: FrequencyCaps;
}

/** What holds for a tenant. */
export async function getContactPolicy({ stores, caps }: PolicyContext, tenantId: number): Promise<ContactPolicy> {
  const held = await capsOfTenant(stores, tenantId, caps);
  return { caps: areCaps(held) ? held : "off" };
}

/**
 * Sets what holds for a tenant, from the next batch on.
 *
 * @returns what holds now
 * @throws {InputError} every fault at once. @throws {NotFoundError} `tenant.not-found`
 */
export async function setContactPolicy(
  context: PolicyContext,
  tenantId: number,
  input: ContactPolicyInput,
): Promise<ContactPolicy> {
  const policy = parsePolicy(input);
  return context.stores.transaction(async (tx) => {
    if (!(await tx.tenants.get(tenantId))) throw new NotFoundError("tenant.not-found", `no tenant ${tenantId}`);
    await tx.config.put(tenantId, CONFIG_KEY, JSON.stringify(policy));
    return getContactPolicy({ ...context, stores: tx }, tenantId);
  });
}

/** Caps of a tenant: those of the installation, save what the tenant set itself. */
export async function capsOfTenant(
  { config }: Pick<Stores, "config">,
  tenantId: number,
  installation: FrequencyCaps,
): Promise<FrequencyCaps> {
  const kept = await config.get(tenantId, CONFIG_KEY);
  if (kept === undefined) return installation;
  const { caps } = parsePolicy(JSON.parse(kept));
  return caps === "default" ? installation : capsSet(installation, caps);
}

// A union would tell that neither form fits, and not what is wrong with the form that is meant.
function parsePolicy(input: ContactPolicyInput): z.output<typeof wordSchema> | z.output<typeof partsSchema> {
  return typeof input?.caps === "object" && input.caps !== null
    ? parseInput(partsSchema, withoutNullsDeep(input))
    : parseInput(wordSchema, withoutNulls(input));
}
