/** What WeCom says of a contact when it is asked; `getExternalContact` of the client gives it. */
export interface AskedContact {
  readonly external_contact: { readonly unionid?: string | null | undefined };
  /** Members who have them as a contact. */
  readonly follow_user: readonly AskedFollower[];
}

/** A member's relation to a contact. */
export interface AskedFollower {
  /** The member. */
  readonly userid?: string | undefined;
  readonly remark_mobiles?: readonly string[] | undefined;
  readonly tags?:
    | readonly { readonly group_name?: string | undefined; readonly tag_name?: string | undefined }[]
    | undefined;
}

/**
 * Asks WeCom about a contact.
 *
 * @returns `"gone"`: nobody has them as a contact; undefined: there is nobody to ask
 */
export type AskContact = (
  tenantId: number,
  externalUserId: string,
  signal: AbortSignal,
) => Promise<AskedContact | "gone" | undefined>;

/** Groups of tags whose tags say where somebody lives. */
const CITY_GROUPS: ReadonlySet<string> = new Set(["城市", "city", "City"]);

/** The city that staff have tagged a contact with; undefined: none, or several. */
export function cityOf({ follow_user }: AskedContact): string | undefined {
  const cities = follow_user
    .flatMap(({ tags = [] }) => tags)
    .filter(({ group_name = "" }) => CITY_GROUPS.has(group_name))
    .flatMap(({ tag_name = "" }) => tag_name.trim() || []);
  const [city, ...others] = new Set(cities);
  return others.length === 0 ? city : undefined;
}
