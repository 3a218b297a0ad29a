import type { InputIssue } from "@recallkit/core";
import { hasControlCharacters, normaliseText, sha256Hex } from "@recallkit/core/ports";
import { lintSms, mainlandDigits, toE164 } from "@recallkit/sms";
import * as z from "zod";
import { consentSchema, type GivenConsent } from "./consents.js";

/** Ways to reach somebody, by the document's names, with the channel that carries the message. */
export const CONTACT_TYPES = { mobile: "sms", wecom: "wecom", email: "email" } as const;
export type ContactType = keyof typeof CONTACT_TYPES;
/** A channel of tasks. */
export type RecallChannel = (typeof CONTACT_TYPES)[ContactType];

/** Fields of people in whose words identities are. */
export const IDENTITY_OF = {
  mobile: { type: "mobile", field: "mobile" },
  wecom: { type: "external_userid", field: "externalUserId" },
  email: { type: "email", field: "email" },
} as const;

/** Somebody to be recalled. */
export interface RecallRow {
  /** Place in what was sent, from 0. */
  readonly index: number;
  readonly userName: string;
  readonly contactType: ContactType;
  /** E.164, external_userid or e-mail address. */
  readonly contact: string;
  readonly product: string | undefined;
  readonly productType: string | undefined;
  readonly couponId: number | undefined;
  readonly consent: GivenConsent | undefined;
}

/** Why a row was refused. */
export interface RowRefusal extends InputIssue {
  readonly index: number;
}

const MOST_NAME = 200;
const MOST_VALUE = 100;
const KNOWN = new Set([
  "merchant_id",
  "user_name",
  "product",
  "product_type",
  "contact",
  "contact_type",
  "coupon_id",
  "consent",
]);
const emailSchema = z.email().max(254);

type Fault = Omit<InputIssue, "message"> & { readonly message?: string };

/** Reads one row; every fault of it at once. */
export function readRecallRow(sent: unknown, index: number): RecallRow | readonly RowRefusal[] {
  const faults: Fault[] = [];
  if (typeof sent !== "object" || sent === null || Array.isArray(sent))
    return refused(index, [{ path: "", code: "recall-task.row" }]);
  // A row from outside, field by field.
  const row = sent as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(row))
    if (!KNOWN.has(name)) faults.push({ path: name, code: "recall-task.unknown-field" });
  const userName = text(row, "user_name", MOST_NAME, faults, true) ?? "";
  const product = text(row, "product", MOST_VALUE, faults);
  const productType = text(row, "product_type", MOST_VALUE, faults);
  const type = row.contact_type ?? "mobile";
  const contactType = isContactType(type) ? type : undefined;
  if (!contactType) faults.push({ path: "contact_type", code: "recall-task.contact-type" });
  const contact = contactType && contactOf(contactType, row.contact);
  if (contactType && contact === undefined)
    faults.push({ path: "contact", code: `recall-task.contact-${contactType}` });
  if (contactType === "mobile") faults.push(...links({ user_name: userName, product, product_type: productType }));
  const couponId = row.coupon_id ?? undefined;
  const isId = typeof couponId === "number" && Number.isSafeInteger(couponId) && couponId > 0;
  if (couponId !== undefined && !isId) faults.push({ path: "coupon_id", code: "coupon.not-found" });
  const consent = row.consent === null ? undefined : consentSchema.optional().safeParse(row.consent);
  if (consent?.success === false) faults.push({ path: "consent", code: "recall-task.consent" });
  if (faults.length > 0 || !contactType || contact === undefined) return refused(index, faults);
  return {
    ...{ index, userName, contactType, contact, product, productType, consent: consent?.data },
    couponId: isId ? couponId : undefined,
  };
}

/** A key for somebody whose name another person has for a key. */
export function keyBeside(userName: string, contact: string): string {
  return `${userName}#${sha256Hex(contact).slice(0, 12)}`;
}

function contactOf(type: ContactType, given: unknown): string | undefined {
  const plain = typeof given === "number" ? String(given) : typeof given === "string" ? normaliseText(given) : "";
  if (type === "mobile") {
    const number = toE164(plain);
    return number !== undefined && mainlandDigits(number) !== undefined ? number : undefined;
  }
  if (type === "wecom") return /^[\x21-\x7e]{1,64}$/.test(plain) ? plain : undefined;
  return emailSchema.safeParse(plain).success ? plain : undefined;
}

/** Providers refuse links in what stands for a variable. */
function links(values: Readonly<Record<string, string | undefined>>): readonly Fault[] {
  const given = Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value ? [[name, value]] : [])));
  return lintSms("【a】b", { values: given })
    .filter(({ code }) => code === "sms.variable-link")
    .map(({ detail = "" }) => ({ path: detail, code: "recall-task.variable-link" }));
}

function text(
  row: Readonly<Record<string, unknown>>,
  name: string,
  most: number,
  faults: Fault[],
  isRequired = false,
): string | undefined {
  const given = row[name] ?? undefined;
  const value = typeof given === "string" ? normaliseText(given) : undefined;
  const isEmpty = given === undefined || value === "";
  if (isEmpty && !isRequired) return undefined;
  if (value === undefined || isEmpty || value.length > most || hasControlCharacters(value) || /[\n\t]/.test(value)) {
    faults.push({
      path: name,
      code: isRequired ? "recall-task.field" : "recall-task.text",
      params: { most: String(most) },
    });
    return undefined;
  }
  return value;
}

function refused(index: number, faults: readonly Fault[]): readonly RowRefusal[] {
  return faults.map(({ message = "is not valid", ...fault }) => ({ index, message, ...fault }));
}

function isContactType(type: unknown): type is ContactType {
  return typeof type === "string" && Object.hasOwn(CONTACT_TYPES, type);
}
