import { serverModule } from "../../frame/server-module.js";
import { revisitMigrations, revisitTenantTables } from "./migrations.js";

/** Revisits: people of an institution are greeted once for each birthday. */
export const revisitModule = serverModule({
  name: "revisit",
  migrations: revisitMigrations,
  tenantTables: revisitTenantTables,
});
