/** What a caller may do. `self` is about the caller's own account; every other one is about the tenant's things. */
export const PERMISSIONS = [
  "self",
  "push:read",
  "push:write",
  "customers:read",
  "customers:write",
  "ops:read",
  "ops:write",
  "addresses:read",
  "access:read",
  "access:write",
  "tenant:read",
  "tenant:write",
  "tenants:write",
  "audit:read",
] as const;

export type Permission = (typeof PERMISSIONS)[number];

/** What a user may be in a tenant. `platform` works for all tenants; `customer` is a person of the tenant. */
export const ROLES = ["platform", "admin", "staff", "customer"] as const;

export type Role = (typeof ROLES)[number];

const ADMIN = PERMISSIONS.filter((permission) => permission !== "tenants:write");

/** What each role may do. */
export const PERMISSIONS_OF: Readonly<Record<Role, readonly Permission[]>> = {
  platform: PERMISSIONS,
  admin: ADMIN,
  staff: ["self", "push:read", "push:write", "customers:read", "customers:write", "ops:read", "tenant:read"],
  customer: ["self"],
};

/** What an API key can be given; it never manages access, tenants or somebody's own account. */
export const API_KEY_SCOPES = [
  "push:read",
  "push:write",
  "customers:read",
  "customers:write",
  "ops:read",
  "ops:write",
  "addresses:read",
] as const satisfies readonly Permission[];

export type ApiKeyScope = (typeof API_KEY_SCOPES)[number];

/** True for routes that change nothing, whatever their method. */
export function isReading(permission: Permission): boolean {
  return permission.endsWith(":read");
}
