import { serverModule } from "../../frame/server-module.js";
import { institutionsMigrations } from "./migrations.js";
import { institutionTexts } from "./texts.js";

/** Institutions of a chain: tenants with a code. */
export const institutionsModule = serverModule({
  name: "institutions",
  migrations: institutionsMigrations,
  tenantTables: [{ name: "rk_institutions", key: ["code"] }],
  texts: institutionTexts,
});
