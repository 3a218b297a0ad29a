import type { Template, TemplateBody } from "./templates";

export const VARIABLE_TYPES = ["text", "number", "date", "url"] as const;

/** A variable as a form holds it. */
export interface VariableForm {
  type: (typeof VARIABLE_TYPES)[number];
  maxLength: number;
  example: string;
  value: string;
}

/** A template as a form holds it. */
export interface TemplateForm {
  name: string;
  channel: string;
  messageClass: "marketing" | "transactional";
  subject: string;
  text: string;
  html: string;
  /** What else the content of a channel holds, as JSON. */
  more: string;
  variables: Record<string, VariableForm>;
}

/** Channels that have templates. */
export const TEMPLATE_CHANNELS = [
  "sms",
  "email",
  "wecom",
  "feishu",
  "app-push",
  "official-account",
  "webhook",
] as const;

export function emptyTemplate(): TemplateForm {
  const content = { subject: "", text: "", html: "", more: "{}" };
  return { name: "", channel: "sms", messageClass: "marketing", ...content, variables: {} };
}

const VARIABLE = /\{\{\s*([\w.-]+)\s*\}\}/g;

/** Names of the variables that a template uses, each once, in the order of the text. */
export function variablesIn({ subject, text, html, more }: Omit<TemplateForm, "variables">): string[] {
  const found = [subject, text, html, more].flatMap((part) => [...part.matchAll(VARIABLE)]);
  return [...new Set(found.map(([, name = ""]) => name))];
}

export function newVariable(): VariableForm {
  return { type: "text", maxLength: 255, example: "", value: "" };
}

/** A form that says what a template says. */
export function formOfTemplate({ content, variables, name, channel, message_class }: Template): TemplateForm {
  const { subject, text, html, ...more } = content;
  const texts = { subject: String(subject ?? ""), text: String(text ?? ""), html: String(html ?? "") };
  const shaped = Object.entries(variables).map(([key, one]): [string, VariableForm] => [
    key,
    {
      type: VARIABLE_TYPES.find((type) => type === one.type) ?? "text",
      maxLength: Number(one.max_length ?? 255),
      example: String(one.example ?? ""),
      value: String(one.default ?? ""),
    },
  ]);
  const rest = JSON.stringify(more, null, 2);
  return { name, channel, messageClass: message_class, ...texts, more: rest, variables: Object.fromEntries(shaped) };
}

/** Further content; undefined: the text is no JSON of an object. */
export function moreOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text.trim() === "" ? "{}" : text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** What is written. What the form does not show stays as it was. @param before the template as it was read */
export function bodyOf(form: TemplateForm, before?: Template): TemplateBody {
  const { name, channel, messageClass, subject, text, html, more } = form;
  const isMail = channel === "email";
  const used = variablesIn(form).map((key) => {
    const { type, maxLength, example, value } = form.variables[key] ?? newVariable();
    const shown = { ...(example && { example }), ...(value && { default: value }) };
    const kept = before?.variables[key]?.is_multiline === true ? { is_multiline: true } : {};
    return [key, { type, max_length: maxLength, ...shown, ...kept }] as const;
  });
  return {
    ...(before && {
      ...{ category: before.category, provider_template_id: before.provider_template_id, layout_id: before.layout_id },
      ...{ is_layout: before.is_layout, expire_after_ms: before.expire_after_ms, on_unknown: before.on_unknown },
    }),
    ...{ name, channel, message_class: messageClass },
    content: { ...moreOf(more), text, ...(isMail && { subject }), ...(isMail && html && { html }) },
    variables: Object.fromEntries(used),
  };
}
