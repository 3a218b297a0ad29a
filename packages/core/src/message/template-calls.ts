import type { EngineContext } from "../engine/engine-context.js";
import { ConflictError, InputError, type InputIssue, NotFoundError } from "../errors.js";
import type { Stores } from "../ports/stores.js";
import type { MessageContent } from "../rule/content.js";
import { withoutNullsDeep } from "../without-nulls.js";
import { parseInput } from "../zod-issues.js";
import { DIGEST_COUNT } from "./gather.js";
import { renderMessage } from "./render-message.js";
import type { MessageTemplate, TemplateDefinition, TemplateStatus } from "./template.js";
import { type TemplateInput, templateSchema } from "./template-schema.js";
import { exampleValues, readValues, type TemplateValues } from "./template-values.js";

/** What calls about the templates of a tenant work with. */
export type TemplateContext = Pick<EngineContext, "stores" | "clock" | "channel"> & { readonly tenantId: number };

/** @throws {InputError} every fault at once */
export async function createTemplate(
  context: TemplateContext,
  input: TemplateInput,
  status: TemplateStatus = "active",
): Promise<MessageTemplate> {
  const { stores, clock, tenantId } = context;
  const definition = await checkedTemplate(context, input);
  const id = await stores.transaction((tx) => tx.templates.insert(tenantId, { definition, status, at: clock.now() }));
  return getTemplate(stores, tenantId, id);
}

/**
 * Adds a version. Messages that were accepted keep theirs.
 *
 * @param options `version`: the newest one as the caller knows it. @default whichever it is
 * @throws {InputError}, {NotFoundError} `template.not-found`. @throws {ConflictError} `state.stale-version`
 */
export async function editTemplate(
  context: TemplateContext,
  templateId: number,
  input: TemplateInput,
  { version, status }: { readonly version?: number | undefined; readonly status?: TemplateStatus | undefined } = {},
): Promise<MessageTemplate> {
  const { stores, clock, tenantId } = context;
  const definition = await checkedTemplate(context, input, templateId);
  const at = clock.now();
  await stores.transaction(async (tx) => {
    const before = await getTemplate(tx, tenantId, templateId);
    if (before.definition.channel !== definition.channel) {
      throw new InputError([
        { path: "channel", code: "template.channel", message: "stays as it is; make another template" },
      ]);
    }
    const newest = version ?? before.version;
    if (!(await tx.templates.edit(tenantId, templateId, { version: newest, definition, at }))) {
      throw new ConflictError("state.stale-version", `template ${templateId} has another version meanwhile`);
    }
    if (status !== undefined) await tx.templates.setStatus(tenantId, templateId, status, at);
  });
  return getTemplate(stores, tenantId, templateId);
}

/** @throws {NotFoundError} `template.not-found` */
export async function setTemplateStatus(
  { stores, clock, tenantId }: TemplateContext,
  templateId: number,
  status: TemplateStatus,
): Promise<MessageTemplate> {
  await stores.transaction((tx) => tx.templates.setStatus(tenantId, templateId, status, clock.now()));
  return getTemplate(stores, tenantId, templateId);
}

/** @throws {NotFoundError} `template.not-found` */
export async function getTemplate(
  { templates }: Pick<Stores, "templates">,
  tenantId: number,
  templateId: number,
): Promise<MessageTemplate> {
  const found = await templates.get(tenantId, templateId);
  if (found) return found;
  throw new NotFoundError("template.not-found", `no template ${templateId}`);
}

/** What a message of a template would say. */
export interface TemplatePreview {
  /** The content with the values in it. */
  readonly content: MessageContent;
  /** Values that it was written with. */
  readonly values: Readonly<Record<string, string>>;
  /** What its channel objects to; empty: it would go out. */
  readonly issues: readonly InputIssue[];
}

/**
 * Shows a message without sending it.
 *
 * @param given values; those that are left out are the variables' examples
 * @throws {InputError}, {NotFoundError} `template.not-found`
 */
export async function previewTemplate(
  context: TemplateContext,
  templateId: number,
  given: TemplateValues = {},
): Promise<TemplatePreview> {
  const { stores, tenantId } = context;
  const { definition } = await getTemplate(stores, tenantId, templateId);
  const read = readValues(definition.variables, { ...exampleValues(definition.variables), ...given }, "variables");
  if ("issues" in read) throw new InputError(read.issues);
  const merchant = (await stores.tenants.get(tenantId))?.name ?? "";
  const values = {
    ...read.values,
    [DIGEST_COUNT]: "1",
    merchant_name: merchant,
    unsubscribe_link: "https://example.com/u",
  };
  const content = renderMessage(definition, values);
  const channel = await context.channel(tenantId, definition.channel);
  return { content, values: read.values, issues: channel?.checkContent?.(content) ?? [] };
}

async function checkedTemplate(
  context: TemplateContext,
  input: TemplateInput,
  ownId?: number,
): Promise<TemplateDefinition> {
  const parsed: TemplateDefinition = parseInput(templateSchema, withoutNullsDeep(input));
  const { stores, tenantId } = context;
  const { layoutId, channel: name, content, isLayout } = parsed;
  const layout = layoutId === undefined ? undefined : await stores.templates.get(tenantId, layoutId);
  if (layoutId !== undefined && (layoutId === ownId || !isLayoutOf(layout, name))) {
    throw new InputError([
      { path: "layoutId", code: "template.layout", message: "must be a layout of the same channel" },
    ]);
  }
  if (layoutId !== undefined && typeof content.html !== "string") {
    throw new InputError([{ path: "content.html", code: "template.layout", message: "is needed in a layout" }]);
  }
  const definition = layout ? { ...parsed, layoutHtml: String(layout.definition.content.html ?? "") } : parsed;
  const channel = await context.channel(tenantId, name);
  if (!channel || isLayout) return definition;
  // Judged with its examples in it: a template of a provider is filled in there, and so are lengths.
  const values = {
    ...exampleValues(definition.variables),
    [DIGEST_COUNT]: "2",
    merchant_name: "商户",
    unsubscribe_link: "https://example.com/u",
  };
  const issues = channel.checkContent?.(renderMessage(definition, values)) ?? [];
  if (issues.length === 0) return definition;
  throw new InputError(issues.map((issue) => ({ ...issue, path: `content.${issue.path}` })));
}

function isLayoutOf(layout: MessageTemplate | undefined, channel: string): boolean {
  return layout?.definition.isLayout === true && layout.definition.channel === channel;
}
