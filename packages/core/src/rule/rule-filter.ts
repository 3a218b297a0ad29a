import * as z from "zod";
import { searchTextSchema } from "../input.js";
import { type InstantInput, instantSchema } from "../instant.js";
import { type PageOptions, positionFields } from "../page.js";
import { RULE_STATUSES } from "./rule.js";

/** Which rules a list names. */
export interface RuleListFilter {
  /** Part of the name, in any case, up to 255 characters. @default any name */
  readonly search?: string | null | undefined;
  /** Only rules created at or after it. @default of all times */
  readonly createdFrom?: InstantInput | null | undefined;
  /** Only rules created before it. @default of all times */
  readonly createdTo?: InstantInput | null | undefined;
}

/** What a list of rules takes. */
export interface RuleListOptions extends RuleListFilter, PageOptions {}

export const ruleStatusSchema = z.enum(RULE_STATUSES);

const filterFields = {
  search: searchTextSchema.optional(),
  createdFrom: instantSchema.optional(),
  createdTo: instantSchema.optional(),
} satisfies Record<keyof RuleListFilter, z.ZodType>;

/** What a numbered page of rules may ask for. */
export const ruleFilterSchema = z.strictObject(filterFields);

/** What a list of rules may ask for. */
export const ruleListSchema = z.strictObject({ ...filterFields, ...positionFields });
