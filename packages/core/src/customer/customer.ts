import type { CustomerId, TenantId } from "../id.js";
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

/** Types of a host's own attributes of people: one line of text, a number, a day, yes or no. */
export const ATTRIBUTE_TYPES = ["text", "number", "date", "boolean"] as const;
export type AttributeType = (typeof ATTRIBUTE_TYPES)[number];

/** One person of a tenant, as stored. */
export interface Customer {
  /** The person's id. */
  readonly id: CustomerId;
  /** The merchant whose customer this is. */
  readonly tenantId: TenantId;
  /** Import key, unique per tenant, compared bytewise. */
  readonly externalKey: string;
  /** An attribute, never a key; null when unknown. */
  readonly name: string | null;
  /** `YYYY-MM-DD`, or null when unknown. */
  readonly bornOn: string | null;
  /** IANA zone that the person lives in, or null when unknown; quiet hours go by it. */
  readonly timeZone: string | null;
  /** Addresses by type of identity. */
  readonly identities: Identities;
  /** Fingerprint of the stored facts; the same facts give the same one. */
  readonly rowHash: string;
  /** When the person came in first, in ms since the epoch. */
  readonly createdAt: number;
  /** When a fact of the person last changed, in ms since the epoch. */
  readonly updatedAt: number;
}

/** A person as a host hands them in; what is absent, null or blank leaves the stored value as it is. */
export interface CustomerInput {
  /** The host's own key of the person, 1 … 255 characters, unique per tenant, compared bytewise. */
  readonly externalKey: string;
  /** What the person is called, one line of up to 255 characters; never a key. @default as it is stored */
  readonly name?: string | null | undefined;
  /** Birthday, `YYYY-MM-DD`; a `Date` is an instant and no day, and is refused. @default as it is stored */
  readonly bornOn?: string | null | undefined;
  /** IANA zone that the person lives in, for example `Asia/Urumqi`; quiet hours go by it. @default as it is stored; with none the rule's zone */
  readonly timeZone?: string | null | undefined;
  /** WeCom's external_userid, 1 … 64 characters. @default as it is stored */
  readonly externalUserId?: string | null | undefined;
  /** Mobile number in E.164, for example `+8613800138000`. @default as it is stored */
  readonly mobile?: string | null | undefined;
  /** E-mail address, up to 254 characters. @default as it is stored */
  readonly email?: string | null | undefined;
  /** Openid of an official account, 1 … 64 characters. @default as it is stored */
  readonly openid?: string | null | undefined;
  /** Unionid of WeChat, 1 … 64 characters. @default as it is stored */
  readonly unionid?: string | null | undefined;
  /** Code of the person at an institution, 1 … 64 characters. @default as it is stored */
  readonly customerCode?: string | null | undefined;
  /** Name under which the person signs in at the host, 1 … 255 characters. @default as it is stored */
  readonly userName?: string | null | undefined;
  /** City that the person lives in, 1 … 255 characters; takes the place of the one before. @default as it is stored */
  readonly city?: string | null | undefined;
  /**
   * The host's own attributes by name, 1 … 64 characters: a text of up to 255 characters, a number below 10^15 with at most 10
   * decimals, a day `YYYY-MM-DD`, true or false. The first value of a name fixes its type for the tenant; null takes the
   * attribute away. At most 50 per person and 100 per tenant. @default as they are stored
   */
  readonly attributes?: Readonly<Record<string, string | number | boolean | null | undefined>> | null | undefined;
}
