import { stableHash } from "./hash.js";

/**
 * Who is a customer of the corp: `"any"` = every id that begins with `wm` or `wo`; a list; or a test.
 * A customer's follower is one staff member, chosen by a stable hash of the id.
 */
export type CustomerSource = "any" | Iterable<string> | ((externalUserid: string) => boolean);

/** The corp's contacts: who follows whom. */
export interface CustomerBook {
  /** Followers of a customer, the one who chatted last at the end; empty for a stranger. */
  followersOf(externalUserid: string): readonly string[];
  /** All customers of one member; `undefined` when the source can't be enumerated. */
  customersOf(userid: string): readonly string[] | undefined;
  /** Replaces a customer's followers; an empty list makes the customer a stranger. */
  setFollowers(externalUserid: string, followers: readonly string[]): void;
}

const externalIdShape = /^w[mo]/;

/** A book over a source, assigned to `staff`, with later changes on top. */
export function createCustomerBook(source: CustomerSource, staff: readonly string[]): CustomerBook {
  const changed = new Map<string, readonly string[]>();
  const single = staff.map((userid) => [userid]);
  const listed = typeof source === "string" || typeof source === "function" ? undefined : new Set(source);
  const isKnown = knownBy(source, listed);

  function followersOf(externalUserid: string): readonly string[] {
    const followers = changed.get(externalUserid);
    if (followers !== undefined) return followers;
    return isKnown(externalUserid) ? (single[stableHash(externalUserid) % single.length] ?? []) : [];
  }
  return {
    followersOf,
    customersOf(userid) {
      if (listed === undefined) return undefined;
      const ids = new Set([...listed, ...changed.keys()]);
      return [...ids].filter((id) => followersOf(id).includes(userid));
    },
    setFollowers(externalUserid, followers) {
      changed.set(externalUserid, [...followers]);
    },
  };
}

function knownBy(source: CustomerSource, listed: ReadonlySet<string> | undefined): (id: string) => boolean {
  if (listed !== undefined) return (id) => listed.has(id);
  return typeof source === "function" ? source : (id) => externalIdShape.test(id);
}
