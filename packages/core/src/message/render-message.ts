import type { MessageContent } from "../rule/content.js";
import { renderContent } from "../rule/render.js";
import type { TemplateDefinition } from "./template.js";
import { LAYOUT_BODY } from "./template-schema.js";

const BODY = /\{\{\s*body\s*\}\}/;

/**
 * What a person reads. Values are text: braces inside them are not looked at again, and in `html` they are escaped.
 *
 * @throws {RangeError} a variable has no value; values are read with `readValues` first
 */
export function renderMessage(
  definition: TemplateDefinition,
  values: Readonly<Record<string, string>>,
): MessageContent {
  const { providerTemplateId, channel, variables, layoutHtml } = definition;
  const content = renderContent(definition.content, values);
  const framed = { ...content, ...framedHtml(content, layoutHtml, values) };
  if (providerTemplateId === undefined) return framed;
  // The part by which a channel reads a template of its provider and the values of it, as `smsTemplate`.
  const part = `${channel}Template`;
  const params = Object.fromEntries(Object.keys(variables).map((name) => [name, values[name] ?? ""]));
  const given = content[part];
  const isGroup = typeof given === "object" && given !== null && !Array.isArray(given);
  return { ...framed, [part]: { params, ...(isGroup ? given : {}), id: providerTemplateId } };
}

/** The body, written already, in its layout: what stands around it is filled in by itself, so that nothing is read twice. */
function framedHtml(
  { html }: MessageContent,
  layoutHtml: string | undefined,
  values: Readonly<Record<string, string>>,
): { readonly html?: string } {
  if (layoutHtml === undefined || typeof html !== "string") return {};
  const [before = "", ...after] = layoutHtml.split(BODY);
  const filled = (part: string) => String(renderContent({ html: part }, { ...values, [LAYOUT_BODY]: "" }).html ?? "");
  return { html: filled(before) + html + filled(after.join("")) };
}
