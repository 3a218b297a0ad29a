import { NotFoundError, type Rule } from "@recallkit/core";
import type { Stores } from "@recallkit/core/ports";

/**
 * The rule that a command line means: by id, or by its whole name.
 *
 * @throws {NotFoundError} `rule.not-found`
 */
export async function findRule(stores: Stores, tenantId: number, idOrName: string): Promise<Rule> {
  const byId = /^\d{1,15}$/.test(idOrName) ? await stores.rules.get(tenantId, Number(idOrName)) : undefined;
  if (byId && byId.deletedAt === null) return byId;
  const byName = await stores.rules.findByName(tenantId, idOrName.normalize("NFC").trim());
  if (byName) return byName;
  throw new NotFoundError("rule.not-found", `no rule has the id or name ${JSON.stringify(idOrName)}`);
}

/** The same, of deleted rules too when they are asked for by id. @throws {NotFoundError} `rule.not-found` */
export async function findRuleOfAnyTime(stores: Stores, tenantId: number, idOrName: string): Promise<Rule> {
  const byId = /^\d{1,15}$/.test(idOrName) ? await stores.rules.get(tenantId, Number(idOrName)) : undefined;
  return byId ?? findRule(stores, tenantId, idOrName);
}
