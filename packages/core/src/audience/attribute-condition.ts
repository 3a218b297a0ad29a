import * as z from "zod";
import type { AttributeType } from "../customer/customer.js";
import { requiredText } from "../customer/customer-schema.js";
import { isLocalDate } from "../local-time.js";
import type { AttributeDefinition } from "../ports/customer-store.js";
import { normaliseText } from "../text.js";
import type { AttributeMatch } from "./audience-query.js";

const value = z.union([z.string().transform(normaliseText).pipe(z.string().min(1).max(255)), z.number(), z.boolean()]);
const bound = z.union([z.number(), z.string().refine(isLocalDate, { message: "must be a number or YYYY-MM-DD" })]);

/** What an attribute of people has to be; exactly one of `in`, a bound, and `isSet`. */
export const attributeConditionSchema = z
  .strictObject({
    name: requiredText(64),
    /** One of these, compared as they are. */
    in: z.array(value).min(1).max(1000).optional(),
    /** At least; a number or a day. */
    min: bound.optional(),
    /** At most, included. */
    max: bound.optional(),
    /** Whether the person has the attribute at all. */
    isSet: z.boolean().optional(),
  })
  .refine((one) => [one.in, one.min ?? one.max, one.isSet].filter((way) => way !== undefined).length === 1, {
    message: "a condition has either in, or min and max, or isSet",
  })
  .refine((one) => one.min === undefined || one.max === undefined || typeof one.min === typeof one.max, {
    path: ["max"],
    message: "min and max must both be numbers or both be days",
  })
  .refine(
    (one) => one.min === undefined || one.max === undefined || typeof one.min !== typeof one.max || one.min <= one.max,
    {
      path: ["max"],
      message: "max must not be smaller than min",
    },
  );

export type AttributeCondition = z.output<typeof attributeConditionSchema>;

/** Matches nobody: no attribute has this id. */
const NOBODY: AttributeMatch = { attributeId: 0, isSet: true };

/**
 * Resolves conditions for a store.
 *
 * @returns names of those that can't hold, which match nobody: the tenant has no such attribute, or it is of another type
 */
export function resolveConditions(
  conditions: readonly AttributeCondition[],
  definitions: readonly AttributeDefinition[],
): { readonly attributes: readonly AttributeMatch[]; readonly unknown: readonly string[] } {
  const byName = new Map(definitions.map((one) => [one.name, one]));
  const unknown: string[] = [];
  const attributes = conditions.map((condition) => {
    const definition = byName.get(condition.name);
    const match = definition && matchOf(condition, definition);
    if (!match) unknown.push(condition.name);
    return match ?? NOBODY;
  });
  return { attributes, unknown };
}

function matchOf(condition: AttributeCondition, { id, type }: AttributeDefinition): AttributeMatch | undefined {
  const { min, max, isSet } = condition;
  if (isSet !== undefined) return { attributeId: id, isSet };
  if (condition.in) {
    const values = condition.in
      .filter((one) => isOf(type, one))
      .map((one) => (typeof one === "string" ? one : Number(one)));
    return values.length > 0 ? { attributeId: id, isSet: true, values } : undefined;
  }
  const isComparable = type === (typeof (min ?? max) === "number" ? "number" : "date");
  if (!isComparable) return undefined;
  return { attributeId: id, isSet: true, ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
}

function isOf(type: AttributeType, given: string | number | boolean): boolean {
  if (type === "date") return typeof given === "string" && isLocalDate(given);
  return typeof given === (type === "text" ? "string" : type);
}
