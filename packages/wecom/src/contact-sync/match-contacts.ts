import type { CustomerInput } from "@recallkit/core";
import type { ListedContact } from "../contact/answers.js";
import type { Match, MatchedBy, SyncOptions, UnmatchedContact } from "./options.js";

/** What a page of contacts means to the tenant's customers. */
export interface PageMatch {
  readonly matches: readonly Match[];
  readonly unmatched: readonly UnmatchedContact[];
  readonly conflicts: readonly UnmatchedContact[];
}

type Clue = { readonly type: "external_userid" | "unionid" | "mobile"; readonly value: string };

/**
 * Finds the customers of a page: by external_userid, else unionid, else a mobile number that the member noted, else the import
 * key. Two look-ups for the page, none per contact.
 */
export async function matchContacts(
  contacts: readonly ListedContact[],
  tenantId: number,
  { stores, keyOf, unmatched: fate = "report" }: Pick<SyncOptions, "stores" | "keyOf" | "unmatched">,
): Promise<PageMatch> {
  const clues = new Map(contacts.map((contact) => [contact, cluesOf(contact)]));
  const keys = new Map(contacts.map((contact) => [contact, keyOf?.(contact)]));
  const owners = new Map(
    (await stores.customers.findOwners(tenantId, [...clues.values()].flat())).map(({ type, value, customerId }) => [
      `${type} ${value}`,
      customerId,
    ]),
  );
  const wanted = [...new Set([...keys.values()].filter((key) => key !== undefined))];
  const [byId, byKey] = await Promise.all([
    stores.customers.getMany(tenantId, [...new Set(owners.values())]),
    wanted.length > 0 ? stores.customers.findByKeys(tenantId, wanted) : [],
  ]);
  const people = new Map([...byId, ...byKey].map((customer) => [customer.id, customer]));
  const idOfKey = new Map(byKey.map(({ externalKey, id }) => [externalKey, id]));

  const matches: Match[] = [];
  const unmatched: UnmatchedContact[] = [];
  const conflicts: UnmatchedContact[] = [];
  for (const contact of contacts) {
    const { external_userid: externalUserId, unionid, name } = contact.external_contact;
    const found = new Map<number, MatchedBy>();
    for (const { type, value } of clues.get(contact) ?? []) {
      const id = owners.get(`${type} ${value}`);
      if (id !== undefined && !found.has(id)) found.set(id, type);
    }
    const keyed = idOfKey.get(keys.get(contact) ?? "");
    if (keyed !== undefined && !found.has(keyed)) found.set(keyed, "key");

    const [first] = found;
    if (first === undefined) {
      if (fate === "report") unmatched.push(toldOf(contact, []));
      else matches.push({ row: newRow(`wecom:${externalUserId}`, externalUserId, unionid, name), by: "created" });
      continue;
    }
    const [id, by] = first;
    const customer = people.get(id);
    const other = customer?.identities.external_userid;
    const candidates = [...found.keys()].flatMap((one) => people.get(one)?.externalKey ?? []);
    // Whom the external_userid itself names is certain; weaker clues must agree.
    const isDoubtful =
      by !== "external_userid" && (found.size > 1 || (other !== undefined && other !== externalUserId));
    if (customer === undefined || isDoubtful) conflicts.push(toldOf(contact, candidates));
    else {
      const row = { externalKey: customer.externalKey, externalUserId };
      matches.push({ row: unionid && !customer.identities.unionid ? { ...row, unionid } : row, by });
    }
  }
  return { matches, unmatched, conflicts };
}

function newRow(externalKey: string, externalUserId: string, unionid?: string, name?: string): CustomerInput {
  return { externalKey, externalUserId, ...(unionid && { unionid }), ...(name && { name }) };
}

function cluesOf({ external_contact, follow_info }: ListedContact): readonly Clue[] {
  const { external_userid, unionid } = external_contact;
  return [
    { type: "external_userid", value: external_userid },
    ...(unionid ? [{ type: "unionid", value: unionid } as const] : []),
    ...follow_info.remark_mobiles.flatMap((text) => {
      const value = mobileOf(text);
      return value === undefined ? [] : [{ type: "mobile", value } as const];
    }),
  ];
}

/** E.164 of what a member noted; a number without a country code is one of mainland China. */
function mobileOf(text: string): string | undefined {
  const digits = text.replace(/[\s\-()（）]/g, "");
  if (/^\+[1-9]\d{6,14}$/.test(digits)) return digits;
  const national = /^(?:0086|86)?(1[3-9]\d{9})$/.exec(digits)?.[1];
  return national === undefined ? undefined : `+86${national}`;
}

function toldOf({ external_contact, follow_info }: ListedContact, candidates: readonly string[]): UnmatchedContact {
  const { external_userid: externalUserid, name, unionid } = external_contact;
  return { externalUserid, userid: follow_info.userid, name, remark: follow_info.remark, unionid, candidates };
}
