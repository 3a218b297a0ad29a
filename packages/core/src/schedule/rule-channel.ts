import { reachedSegments, referenceFaults } from "../audience/references.js";
import { callChannel } from "../engine/call-channel.js";
import type { EngineContext } from "../engine/engine-context.js";
import { InputError, type InputIssue, RecallKitError } from "../errors.js";
import { sampleLinkValues } from "../link/link-place.js";
import type { Channel } from "../ports/channel.js";
import type { MessageContent } from "../rule/content.js";
import { contentsOf } from "../rule/fall-back-order.js";
import { parseRule } from "../rule/parse-rule.js";
import { linkVariablesOf, PERSONAL_VARIABLES, personalVariablesOf, renderShared, type Values } from "../rule/render.js";
import type { RuleDefinition } from "../rule/rule.js";
import type { RuleInput } from "../rule/rule-input.js";
import { textsOf, variablesOf } from "../rule/template.js";

/**
 * Checks a rule for the channel that carries it: the one that it names, else the only one that is configured.
 *
 * @throws {InputError} every fault at once; `channel`: several are configured, or none, and the rule names none
 */
export async function ruleFor(
  context: Pick<EngineContext, "channels" | "links" | "stores">,
  tenantId: number,
  input: RuleInput,
): Promise<RuleDefinition> {
  const channels = await context.channels(tenantId);
  const unnamed = nameOf(input, channels);
  const named = unnamed.issue || !isObject(input) ? input : { ...input, channel: unnamed.name };
  if (unnamed.issue) throw new InputError([...faultsOf({ ...named, channel: "any" }), unnamed.issue]);
  const definition = parseRule(named);
  const issues = [
    ...linkIssues(context, definition),
    ...(await couponIssues(context, tenantId, definition)),
    ...(await segmentIssues(context, tenantId, definition)),
    ...contentsOf(definition).flatMap(({ channel: name, content, path }) => {
      const channel = channels.find((one) => one.name === name);
      return channel ? contentIssues(channel, { ...definition, content }, path, linksOf(context)) : [];
    }),
    ...callOffIssues(definition, channels),
  ];
  if (issues.length > 0) throw new InputError(issues);
  return definition;
}

async function segmentIssues(
  { stores }: Pick<EngineContext, "stores">,
  tenantId: number,
  { segment }: RuleDefinition,
): Promise<readonly InputIssue[]> {
  const saved = await reachedSegments(stores.segments, tenantId, [segment]);
  return referenceFaults(segment, saved, { isWritten: true });
}

/** A rule need not name its channel where it names the order of several, nor where there is no choice. */
function nameOf(
  input: RuleInput,
  channels: readonly Channel[],
): { readonly name?: string | undefined; readonly issue?: InputIssue } {
  // Whatever is no object is for the parser to refuse.
  const given = isObject(input) ? (input.channel ?? firstOf(input.channels)) : undefined;
  if (!isObject(input) || given !== undefined) return { name: given };
  const [only] = channels;
  if (only && channels.length === 1) return { name: only.name };
  const message =
    channels.length === 0
      ? "no channel is configured; name the one that will carry it"
      : `one of ${channels.map(({ name }) => name).join(", ")} must be named`;
  return { issue: { path: "channel", code: "channel.unnamed", message } };
}

/** The first of a list, as long as it is one: anything else is for the parser to refuse. */
function firstOf(channels: RuleInput["channels"]): string | undefined {
  return Array.isArray(channels) ? channels[0] : undefined;
}

function isObject(input: unknown): input is object {
  return typeof input === "object" && input !== null;
}

function faultsOf(input: unknown): readonly InputIssue[] {
  try {
    parseRule(input);
    return [];
  } catch (error) {
    if (InputError.is(error)) return error.issues;
    throw error;
  }
}

/** Values as long as those of real links. */
function linksOf({ links }: Pick<EngineContext, "links">): Values {
  return links ? sampleLinkValues(links) : {};
}

/** Links need a page. */
function linkIssues({ links }: Pick<EngineContext, "links">, definition: RuleDefinition): readonly InputIssue[] {
  if (links) return [];
  const contents = new Map(contentsOf(definition).map(({ path, content }) => [path, content]));
  return [...contents].flatMap(([path, content]) =>
    linkVariablesOf(content, definition.variables).map((name) => ({
      path,
      code: "links.unconfigured",
      message: `{{${name}}} needs the option links, which says where its page is`,
      params: { name },
    })),
  );
}

/** What is to be called off must come by a channel that can. Of channels that are not configured nobody knows. */
function callOffIssues(
  { channel: first, channels: order = [first], fallBackAfterMs }: RuleDefinition,
  channels: readonly Channel[],
): readonly InputIssue[] {
  if (fallBackAfterMs === undefined) return [];
  const known = order.slice(0, -1).map((name) => channels.find((channel) => channel.name === name));
  if (known.some((channel) => !channel || (channel.cancel && channel.results && !channel.personal))) return [];
  const message = "none of the channels before the last one can call a message off that staff have not confirmed";
  return [{ path: "fallBackAfterMs", code: "channel.cancel-unavailable", message }];
}

async function couponIssues(
  { stores }: Pick<EngineContext, "stores">,
  tenantId: number,
  { coupon }: RuleDefinition,
): Promise<readonly InputIssue[]> {
  if (coupon === undefined || (await stores.coupons.get(tenantId, coupon))) return [];
  return [{ path: "coupon", code: "coupon.not-found", message: `no coupon ${coupon}` }];
}

/** What a channel will not take of a rule's content, with paths in the rule. @param place where the content stands in it */
function contentIssues(
  channel: Channel,
  { content, variables }: Pick<RuleDefinition, "content" | "variables">,
  place: string,
  links: Values,
): readonly InputIssue[] {
  const personal = channel.personal ? [] : personalVariablesOf(content);
  // Lengths are judged with the values that are known; the longest ones are a channel's to refuse when it sends.
  const known = { ...NAMES, ...links, ...variables };
  const checked = channel.checkContent?.(renderShared(content, known)) ?? [];
  return [
    ...personal.map((name) => ({
      path: place,
      code: "content.personal-variable",
      message: `${channel.name} sends one text to all and can't say {{${name}}}`,
      params: { name, channel: channel.name },
    })),
    ...checked.map((issue) => ({ ...issue, path: `${place}.${issue.path}` })),
  ];
}

/**
 * What would keep a rule's content from going out as things are now; it may be written all the same. An answer that does not
 * come says nothing.
 */
export async function obstaclesOf(
  context: EngineContext,
  tenantId: number,
  { variables, ...rule }: Pick<RuleDefinition, "channel" | "channels" | "content" | "contents" | "variables">,
): Promise<readonly InputIssue[]> {
  const found: InputIssue[] = [];
  for (const one of contentsOf(rule)) found.push(...(await obstaclesOn(context, tenantId, { ...one, variables })));
  return found;
}

async function obstaclesOn(
  context: EngineContext,
  tenantId: number,
  {
    channel: name,
    content,
    path,
    variables,
  }: Pick<RuleDefinition, "channel" | "content" | "variables"> & { readonly path: string },
): Promise<readonly InputIssue[]> {
  const channel = await context.channel(tenantId, name);
  if (!channel?.obstacles) return [];
  try {
    // Variables that nobody knows yet stand for themselves.
    const rendered = renderShared(content, {
      ...NAMES,
      ...unfilled(content),
      ...linksOf(context),
      ...variables,
    });
    const issues = await callChannel(
      context,
      name,
      async (signal) => (await channel.obstacles?.(tenantId, rendered, { signal })) ?? [],
    );
    return issues.map((issue) => ({ ...issue, path: `${path}.${issue.path}` }));
  } catch (error) {
    const code = RecallKitError.is(error) ? error.code : "bug";
    context.logger.warn("channel.obstacles_failed", { tenantId, channel: name, code });
    return [];
  }
}

function unfilled(content: MessageContent): Readonly<Record<string, string>> {
  const names = Array.from(textsOf(content), ([, text]) => variablesOf(text)).flat();
  return Object.fromEntries(names.map((name) => [name, `{{${name}}}`]));
}

/** Built-in variables stand for themselves while nobody knows their values. */
const NAMES: Readonly<Record<string, string>> = Object.fromEntries(
  ["merchant_name", "rule_name", "date", ...PERSONAL_VARIABLES].map((name) => [name, `{{${name}}}`]),
);
