import { cursorToId, type Page, type PageRequest, pageLimit, pageOf } from "../page.js";
import type { Stores } from "../ports/stores.js";
import type { Tenant } from "./tenant.js";

/** A page of the tenants by ascending id. */
export async function listTenants(stores: Stores, page: PageRequest = {}): Promise<Page<Tenant>> {
  const after = cursorToId(page.cursor);
  const tenants = await stores.tenants.list();
  return pageOf(
    tenants.filter(({ id }) => id > after),
    pageLimit(page),
  );
}
