import { z } from "zod";

/** A whole number in a variable, `least` … `most`. */
export function integer(least: number, most: number) {
  const message = `must be a whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, { message })
    .transform(Number)
    .refine((value) => value >= least && value <= most, { message })
    .optional();
}

/** `on` or `off`; undefined when unset. */
export const onOff = z
  .enum(["on", "off"], { message: "must be on or off" })
  .transform((value) => value === "on")
  .optional();

/** A comma list; empty parts are left out. */
export const commaList = z.string().transform((text) =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean),
);

/** An http or https URL without a query. */
export const httpUrl = z.string().refine(
  (text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    return url !== undefined && /^https?:$/.test(url.protocol) && url.search === "" && url.username === "";
  },
  { message: "must be an http(s) URL without a query" },
);

/** Text of at most 255 characters. */
export const shortText = z.string().max(255, { message: "is too long" });
