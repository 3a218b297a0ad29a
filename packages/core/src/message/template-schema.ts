import * as z from "zod";
import { requiredText } from "../customer/customer-schema.js";
import { idSchema, searchTextSchema } from "../input.js";
import { pageFields } from "../page.js";
import { contentSchema } from "../rule/content.js";
import { contentVariableFaults } from "../rule/render.js";
import { DIGEST_COUNT } from "./gather.js";
import { TEMPLATE_STATUSES, type TemplateVariable, VARIABLE_TYPES } from "./template.js";
import { valueFault } from "./template-values.js";

/** Values that every template may use without declaring them. */
const TEMPLATE_BUILT_INS = ["merchant_name", "unsubscribe_link", DIGEST_COUNT] as const;
/** Where a layout holds the message. */
export const LAYOUT_BODY = "body";

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

const variableSchema = z
  .strictObject({
    type: z.enum(VARIABLE_TYPES).default("text"),
    maxLength: z.int().min(1).max(5000).default(255),
    isMultiline: z.boolean().default(false),
    default: z.string().max(5000).optional(),
    example: z.string().max(5000).optional(),
  })
  .superRefine((variable: TemplateVariable, context) => {
    for (const name of ["default", "example"] as const) {
      const value = variable[name];
      const fault = value === undefined ? undefined : valueFault(variable, value);
      if (fault) context.addIssue({ code: "custom", path: [name], message: fault.message });
    }
  });

const expireAfterMs = z.int().min(60_000).max(604_800_000).default(86_400_000);

/** A template as it is written. */
export const templateSchema = z
  .strictObject({
    name: requiredText(255),
    channel: z.string().regex(/^[A-Za-z][\w-]{0,63}$/, { message: "must be the name of a channel" }),
    content: contentSchema,
    variables: z.record(z.string().regex(NAME), variableSchema).default({}),
    messageClass: z.enum(["marketing", "transactional"]).default("marketing"),
    category: requiredText(64).optional(),
    providerTemplateId: requiredText(255).optional(),
    layoutId: idSchema.optional(),
    isLayout: z.boolean().default(false),
    expireAfterMs,
    onUnknown: z.enum(["hold", "resend"]).default("hold"),
  })
  .superRefine(({ content, variables, isLayout, layoutId }, context) => {
    const known = [...TEMPLATE_BUILT_INS, ...Object.keys(variables), ...(isLayout ? [LAYOUT_BODY] : [])];
    for (const { path, name } of contentVariableFaults(content, known)) {
      const message = `uses {{${name}}}, which variables does not declare`;
      context.addIssue({ code: "custom", path: ["content", ...path.split(".")], message });
    }
    for (const name of Object.keys(variables).filter((one) => isTaken(one, isLayout))) {
      context.addIssue({ code: "custom", path: ["variables", name], message: "is a name that every template has" });
    }
    if (isLayout && !/\{\{\s*body\s*\}\}/.test(String(content.html ?? ""))) {
      context.addIssue({ code: "custom", path: ["content", "html"], message: "a layout needs html with {{body}}" });
    }
    if (isLayout && layoutId !== undefined) {
      context.addIssue({ code: "custom", path: ["layoutId"], message: "a layout has no layout" });
    }
  });

function isTaken(name: string, isLayout: boolean): boolean {
  return (TEMPLATE_BUILT_INS as readonly string[]).includes(name) || (isLayout && name === LAYOUT_BODY);
}

/** A template as somebody writes it. */
export type TemplateInput = z.input<typeof templateSchema>;

const templateStatusSchema = z.enum(TEMPLATE_STATUSES);

/** What a list of templates may ask for. */
export const templateListSchema = z.strictObject({
  ...pageFields,
  channel: z.string().min(1).max(64).optional(),
  status: templateStatusSchema.optional(),
  search: searchTextSchema.optional(),
});
