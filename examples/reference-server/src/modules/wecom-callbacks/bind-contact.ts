import type { IdentityType, RecallKit } from "@recallkit/core";
import { toE164 } from "@recallkit/sms";
import { type AskedContact, cityOf } from "./contact.js";
import type { ToldContact } from "./store.js";

/** How a contact and the customers go together: `known` before, `bound` now, nobody or several could be meant. */
export type Binding = "known" | "bound" | "unmatched" | "ambiguous";

/** What came of looking for the customer. */
export interface BoundContact {
  readonly binding: Binding;
  /** Who it is; undefined: nobody, or several could be meant. */
  readonly customerId: number | undefined;
  /** Whom a person has to choose from, or to decide about: several, or one who has another contact's id. */
  readonly candidates: readonly number[];
}

/**
 * Finds the customer who a contact is: by the contact's id, else by unionid and by the mobiles that staff have noted; and gives
 * them the contact's id. Someone with another contact's id keeps it: the note may name somebody else's phone.
 */
export async function bindContact(
  kit: RecallKit,
  { tenantId, externalUserId }: ToldContact,
  asked: AskedContact,
): Promise<BoundContact> {
  const { customers } = kit.stores;
  const tenant = kit.forTenant(tenantId);
  const ownerOf = async (identities: readonly { readonly type: IdentityType; readonly value: string }[]) => {
    const owners = identities.length > 0 ? await customers.findOwners(tenantId, identities) : [];
    return new Set(owners.map(({ customerId }) => customerId));
  };
  const [known] = await ownerOf([{ type: "external_userid", value: externalUserId }]);
  const [found, ...others] =
    known === undefined ? await ownerOf(identitiesOf(asked)) : ([known] as readonly [number, ...number[]]);
  const nobody = { customerId: undefined, candidates: [] } as const;
  if (found !== undefined && others.length > 0)
    return { ...nobody, binding: "ambiguous", candidates: [found, ...others] };
  const customer = found === undefined ? undefined : await customers.get(tenantId, found);
  if (!customer) return { ...nobody, binding: "unmatched" };
  if ((customer.identities.external_userid ?? externalUserId) !== externalUserId)
    return { ...nobody, binding: "unmatched", candidates: [customer.id] };
  const { externalKey } = customer;
  if (known === undefined) await tenant.customers.upsert([{ externalKey, externalUserId }]);
  const city = cityOf(asked);
  if (city !== undefined) await tenant.labels.assign([{ externalKey, kind: "city", key: city }]);
  return { binding: known === undefined ? "bound" : "known", customerId: customer.id, candidates: [] };
}

function identitiesOf({ external_contact: { unionid }, follow_user }: AskedContact) {
  const mobiles = follow_user.flatMap(({ remark_mobiles = [] }) =>
    remark_mobiles.flatMap((text) => toE164(text) ?? []),
  );
  return [
    ...(unionid ? [{ type: "unionid" as const, value: unionid }] : []),
    ...[...new Set(mobiles)].map((value) => ({ type: "mobile" as const, value })),
  ];
}
