import type { ServerModule } from "./server-module.js";

/** What a user may be in a tenant. `platform` works for all tenants; `customer` is a person of the tenant. */
export const ROLES = ["platform", "admin", "staff", "customer"] as const;

export type Role = (typeof ROLES)[number];

/** What roles and API keys may do, as the modules say. */
export interface RoleBook {
  /** Every permission of every module. */
  readonly permissions: readonly string[];
  readonly permissionsOf: Readonly<Record<Role, readonly string[]>>;
  /** What an API key can be given. */
  readonly apiKeyScopes: readonly string[];
  /** What a permission is for, in Chinese and English. */
  readonly summaries: Readonly<Record<string, string>>;
}

/** Reads off the modules who may do what. */
export function roleBook(modules: readonly Pick<ServerModule, "permissions">[]): RoleBook {
  const all = modules.flatMap(({ permissions = {} }) => Object.entries(permissions));
  const names = (may: (facts: (typeof all)[number][1]) => boolean) =>
    all.filter(([, facts]) => may(facts)).map(([name]) => name);
  return {
    permissions: names(() => true),
    permissionsOf: {
      platform: names(() => true),
      admin: names(({ from = "admin" }) => from !== "platform"),
      staff: names(({ from }) => from === "staff" || from === "customer"),
      customer: names(({ from }) => from === "customer"),
    },
    apiKeyScopes: names(({ isScope = false }) => isScope),
    summaries: Object.fromEntries(all.map(([name, { summary }]) => [name, summary])),
  };
}
