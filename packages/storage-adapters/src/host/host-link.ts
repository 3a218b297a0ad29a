import type { HostConnection, HostLink } from "./host-connection.js";

/** The link to a connection that the host handed over itself. */
export function directLink(connection: HostConnection): HostLink {
  return { reached: connection, reach: async () => connection };
}
