import { stableHash } from "./hash.js";

/** A customer with what the corp knows of them. */
export interface SimulatedCustomer {
  readonly externalUserid: string;
  /** WeChat nickname. @default the id */
  readonly name?: string;
  /** Only if the corp has bound a developer account. */
  readonly unionid?: string;
  /** 1 WeChat, 2 WeCom. @default 1 */
  readonly type?: 1 | 2;
  /** Userids of who follows them, the one who chatted last at the end. @default one, by a stable hash of the id */
  readonly followers?: readonly string[];
  /** Mobile numbers that every follower has noted. */
  readonly remarkMobiles?: readonly string[];
}

/**
 * Who is a customer of the corp: `"any"` = every id that begins with `wm` or `wo`, none of whom can be listed; a list; or a
 * test. A customer's follower is one staff member, chosen by a stable hash of the id, unless it is told.
 */
export type CustomerSource = "any" | Iterable<string | SimulatedCustomer> | ((externalUserid: string) => boolean);

/** What one member notes about one customer. */
export interface Relation {
  /** Epoch ms. */
  readonly createdAt: number;
  readonly addWay: number;
  readonly state: string;
  remark: string;
  description: string;
  remarkCompany: string;
  remarkMobiles: readonly string[];
  readonly tags: Set<string>;
}

/** The corp's contacts: who follows whom. */
export interface CustomerBook {
  /** Followers of a customer, the one who chatted last at the end; empty for a stranger. */
  followersOf(externalUserid: string): readonly string[];
  /** All customers of one member, in a fixed order; `undefined` when the source can't be enumerated. */
  customersOf(userid: string): readonly string[] | undefined;
  /** Replaces a customer's followers; an empty list makes the customer a stranger. */
  setFollowers(externalUserid: string, followers: readonly string[]): void;
  /** What is known of a customer. */
  profileOf(externalUserid: string): SimulatedCustomer;
  /** Adds a customer, or tells more of one. */
  put(customer: SimulatedCustomer): void;
  /** What a member notes about a customer; undefined: does not follow them. */
  relationOf(userid: string, externalUserid: string): Relation | undefined;
  /** How a customer was added, for a relation that begins now. */
  begin(userid: string, externalUserid: string, how: Pick<Relation, "createdAt" | "addWay" | "state">): void;
}

const externalIdShape = /^w[mo]/;
/** When everybody was added who was there at the start. */
const LONG_AGO_MS = Date.UTC(2025, 0, 1);

/** A book over a source, assigned to `staff`, with later changes on top. */
export function createCustomerBook(source: CustomerSource, staff: readonly string[]): CustomerBook {
  const changed = new Map<string, readonly string[]>();
  const profiles = new Map<string, SimulatedCustomer>();
  const relations = new Map<string, Relation>();
  const single = staff.map((userid) => [userid]);
  let byMember: Map<string, string[]> | undefined;
  const listed = typeof source === "string" || typeof source === "function" ? undefined : new Set<string>();
  if (listed !== undefined && typeof source !== "string" && typeof source !== "function") {
    for (const entry of source) {
      listed.add(typeof entry === "string" ? entry : entry.externalUserid);
      if (typeof entry !== "string") put(entry);
    }
  }
  const isKnown = knownBy(source, listed);
  function put(customer: SimulatedCustomer): void {
    profiles.set(customer.externalUserid, { ...profiles.get(customer.externalUserid), ...customer });
    if (customer.followers !== undefined) setFollowers(customer.externalUserid, customer.followers);
  }
  function setFollowers(externalUserid: string, followers: readonly string[]): void {
    const left = new Set(followers);
    for (const userid of changed.get(externalUserid) ?? staff) {
      if (!left.has(userid)) relations.delete(`${userid}|${externalUserid}`);
    }
    changed.set(externalUserid, [...followers]);
    byMember = undefined;
  }
  function followersOf(externalUserid: string): readonly string[] {
    const followers = changed.get(externalUserid);
    if (followers !== undefined) return followers;
    return isKnown(externalUserid) ? (single[stableHash(externalUserid) % single.length] ?? []) : [];
  }
  function index(): Map<string, string[]> {
    const lists = new Map<string, string[]>();
    for (const id of new Set([...(listed ?? []), ...changed.keys()])) {
      for (const userid of followersOf(id)) {
        const list = lists.get(userid);
        if (list === undefined) lists.set(userid, [id]);
        else list.push(id);
      }
    }
    return lists;
  }
  return {
    followersOf,
    customersOf(userid) {
      if (listed === undefined && changed.size === 0) return undefined;
      byMember ??= index();
      return byMember.get(userid) ?? [];
    },
    setFollowers,
    profileOf: (externalUserid) => profiles.get(externalUserid) ?? { externalUserid },
    put,
    relationOf(userid, externalUserid) {
      if (!followersOf(externalUserid).includes(userid)) return undefined;
      const key = `${userid}|${externalUserid}`;
      const known = relations.get(key);
      if (known !== undefined) return known;
      const noted = profiles.get(externalUserid)?.remarkMobiles ?? [];
      const relation = newRelation({ createdAt: LONG_AGO_MS, addWay: 1, state: "" }, noted);
      relations.set(key, relation);
      return relation;
    },
    begin(userid, externalUserid, how) {
      relations.set(`${userid}|${externalUserid}`, newRelation(how, profiles.get(externalUserid)?.remarkMobiles ?? []));
    },
  };
}

function newRelation(how: Pick<Relation, "createdAt" | "addWay" | "state">, mobiles: readonly string[]): Relation {
  return { ...how, remark: "", description: "", remarkCompany: "", remarkMobiles: mobiles, tags: new Set() };
}

function knownBy(source: CustomerSource, listed: ReadonlySet<string> | undefined): (id: string) => boolean {
  if (listed !== undefined) return (id) => listed.has(id);
  return typeof source === "function" ? source : (id) => externalIdShape.test(id);
}
