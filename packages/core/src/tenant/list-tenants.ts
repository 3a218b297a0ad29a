import { tenantOf } from "../engine/counted-statuses.js";
import type { EngineContext } from "../engine/engine-context.js";
import { cursorToId, type Page, type PageRequest, pageLimit, pageOf } from "../page.js";
import type { Tenant } from "./tenant.js";

/** A page of the tenants by ascending id. */
export async function listTenants(
  context: Pick<EngineContext, "stores" | "statuses">,
  page: PageRequest = {},
): Promise<Page<Tenant>> {
  const after = cursorToId(page.cursor);
  const tenants = await context.stores.tenants.list();
  return pageOf(
    tenants.filter(({ id }) => id > after).map((tenant) => tenantOf(tenant, context)),
    pageLimit(page),
  );
}
