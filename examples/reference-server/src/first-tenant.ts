import type { TenantKit } from "@recallkit/core";

/** Name that the schema gives to the first tenant. */
const UNNAMED = "default";
const FIRST_MERCHANT = "默认商户";

/** Gives the first tenant a name that people can read, and the zone of the environment. */
export async function prepareFirstTenant(kit: TenantKit, timeZone: string | undefined): Promise<void> {
  const tenant = await kit.tenant();
  const patch = {
    ...(tenant.name === UNNAMED && { name: FIRST_MERCHANT }),
    ...(timeZone !== undefined && tenant.timeZone !== timeZone && { timeZone }),
  };
  if (Object.keys(patch).length > 0) await kit.update(patch);
}
