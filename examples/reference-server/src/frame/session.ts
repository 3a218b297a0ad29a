import type { Caller } from "@recallkit/http";
import type { Role } from "./roles.js";

/** Who calls the server: a login of a user, or an API key. */
export interface Session extends Caller {
  readonly kind: "user" | "api-key";
  /** Row of the session or of the key. */
  readonly id: number;
  /** Null for an API key. */
  readonly userId: number | null;
  /** Name of the user or of the key. */
  readonly username: string;
  /** Null for an API key. */
  readonly role: Role | null;
  readonly permissions: ReadonlySet<string>;
}
