import * as z from "zod";

/** A whole number; providers drift between 7 and "7". */
export const integer = z.union([
  z.int(),
  z
    .string()
    .regex(/^-?\d{1,15}$/)
    .transform(Number),
]);

/** An id that the caller can't do without. */
export const id = z.string().min(1);

/** A text that an answer may lack: absent, null and "" are all undefined. What is no text counts as lacking. */
export const optionalText = z
  .string()
  .nullish()
  .catch(undefined)
  .transform((text) => text || undefined);

/** A number that an answer may lack. */
export const optionalInteger = integer
  .nullish()
  .catch(undefined)
  .transform((value) => value ?? undefined);

/** A list that an answer may lack; each row must be as described. */
export function listOf<Row extends z.ZodType>(row: Row) {
  return z
    .array(row)
    .nullish()
    .transform((rows) => rows ?? []);
}

/** A list that is the answer: it may be empty or null, but somebody else's JSON is no empty list. */
export function listIn<Row extends z.ZodType>(row: Row) {
  return z
    .array(row)
    .nullable()
    .transform((rows) => rows ?? []);
}

/** Texts in one string, `a|b`. */
export const barred = z
  .string()
  .nullish()
  .transform((list) => (list ?? "").split("|").filter(Boolean));

/** Cursor of the next page. */
export const cursor = z.string().nullish();

/** What every answer may have; without `errcode` a call has succeeded. @see https://developer.work.weixin.qq.com/document/path/90664 */
export const envelopeSchema = z.object({ errcode: integer.nullish(), errmsg: z.string().nullish().catch(undefined) });

export const tokenSchema = z.object({ access_token: z.string().min(1), expires_in: integer.default(7200) });

/** Answers of calls that tell nothing but their success: they have to say so, since any JSON could be somebody else's. */
export const doneSchema = z.union([z.object({ errcode: integer }), z.object({ errmsg: z.literal("ok") })]);
