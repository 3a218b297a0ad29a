import * as z from "zod";
import type { EngineContext } from "../engine/engine-context.js";
import { DEFAULT_TIME_ZONE } from "../local-time.js";
import { type PageOptions, type PageRequest, pageFields } from "../page.js";
import { createTenant } from "../tenant/create-tenant.js";
import { listTenants } from "../tenant/list-tenants.js";
import type { Tenant } from "../tenant/tenant.js";
import { checkedCalls } from "./checked-call.js";
import type { RecallKit } from "./kit.js";
import { listingsOf } from "./listings.js";

/** Calls about tenants as a whole, over the engine's stores. */
export function tenantCalls(engine: EngineContext): RecallKit["tenants"] {
  const listing = listingsOf(
    checkedCalls(
      async () => {},
      async () => DEFAULT_TIME_ZONE,
    ),
  );
  return {
    create: (input) => createTenant(engine, input),
    ...listing<PageOptions, PageRequest, Tenant>(z.strictObject(pageFields), (page) => listTenants(engine, page)),
  };
}
