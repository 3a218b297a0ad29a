import type { RecallKit } from "@recallkit/core";

/** Call it every few minutes: what it has not read yet a report reads itself. The first call reads all deliveries. */
export async function keepCredits(kit: RecallKit, signal?: AbortSignal): Promise<void> {
  for await (const { id } of kit.tenants.all({ signal })) await kit.forTenant(id).conversions.rollUp({ signal });
}
