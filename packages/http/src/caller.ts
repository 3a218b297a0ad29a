/** Who calls. The tenant comes from here and from nowhere else. */
export interface Caller {
  readonly tenantId: number;
  /** Who it is, as logs and the audit name them: `user:3`, `api-key:5`. Never a name or an address. */
  readonly actor: string;
  /** What the caller may do. */
  readonly permissions: { has(permission: string): boolean };
}

/** What a host's `authorize` answers with. */
export interface HostCaller {
  /** Id of a tenant that is there. */
  readonly tenantId: number;
  /** Who it is, 1 … 255 characters; stands in logs, so neither a name nor an address. */
  readonly actor: string;
  /** Everything, or a list: `["push:read", "push:write"]`. */
  readonly permissions: "all" | readonly string[];
}

/** True for permissions of routes that change nothing, whatever their method. */
export function isReading(permission: string): boolean {
  return permission.endsWith(":read");
}
