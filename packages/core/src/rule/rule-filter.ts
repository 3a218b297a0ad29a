import * as z from "zod";
import { instantSchema, searchTextSchema } from "../input.js";
import type { RuleFilter } from "../ports/rule-store.js";
import { RULE_STATUSES } from "./rule.js";

export const ruleStatusSchema = z.enum(RULE_STATUSES);

/** What a list of rules may ask for. */
export const ruleFilterSchema = z.strictObject({
  search: searchTextSchema.optional(),
  createdFrom: instantSchema.optional(),
  createdTo: instantSchema.optional(),
} satisfies Record<keyof RuleFilter, z.ZodType>);
