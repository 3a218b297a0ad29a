import { type Job, serverModule } from "../../frame/server-module.js";
import { conversionVariables } from "./variables.js";

/** Brings the credits of every merchant's orders up to the ledger, so that little is left for a report. */
export const rollUpJob: Job = {
  name: "conversions-roll-up",
  roles: ["all", "worker"],
  everyMs: 60_000,
  async run({ kit, config }, signal) {
    if (!config.keepsCredits) return undefined;
    for await (const { id } of kit.tenants.all({ signal })) await kit.forTenant(id).conversions.rollUp({ signal });
    return undefined;
  },
};

/** What is kept for reports beside the ledger. */
export const conversionsModule = serverModule({
  name: "conversions",
  jobs: [rollUpJob],
  config: conversionVariables,
  figures: () => import("./kept-figures.js"),
});
