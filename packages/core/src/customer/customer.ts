/** Kinds of addresses and ids that name a person; unique per (tenant, type, value). */
export const IDENTITY_TYPES = [
  "external_userid",
  "mobile",
  "email",
  "openid",
  "unionid",
  "customer_code",
  "user_name",
] as const;

export type IdentityType = (typeof IDENTITY_TYPES)[number];

/** At most one value of each type per person. */
export type Identities = Readonly<Partial<Record<IdentityType, string>>>;

/** One person of a tenant, as stored. */
export interface Customer {
  readonly id: number;
  readonly tenantId: number;
  /** Import key, unique per tenant, compared bytewise. */
  readonly externalKey: string;
  /** An attribute, never a key; null when unknown. */
  readonly name: string | null;
  /** `YYYY-MM-DD`, or null when unknown. */
  readonly bornOn: string | null;
  readonly identities: Identities;
  readonly rowHash: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** What a user hands in; absent fields leave the stored value as it is. */
export interface CustomerInput {
  readonly externalKey: string;
  readonly name?: string | undefined;
  /** `YYYY-MM-DD`. */
  readonly bornOn?: string | undefined;
  /** WeCom external_userid. */
  readonly externalUserId?: string | undefined;
  /** E.164, for example `+8613800138000`. */
  readonly mobile?: string | undefined;
  readonly email?: string | undefined;
  readonly openid?: string | undefined;
  readonly unionid?: string | undefined;
  readonly customerCode?: string | undefined;
  readonly userName?: string | undefined;
  /** City label of the person; added to those already known. */
  readonly city?: string | undefined;
}
