import type { ScriptBudget, ScriptLimits, ScriptWriter } from "@recallkit/core/ports";
import { localDateOf } from "@recallkit/core/ports";
import {
  type GateResult,
  type GateSubject,
  type OpenAiCompatibleOptions,
  openAiCompatible,
  type ScriptGate,
  type ScriptTemplate,
  scriptGate,
  templateWriter,
} from "@recallkit/core/script";
import { countSegments } from "@recallkit/sms";
import { DEFAULT_TEMPLATES, PLAIN_TEMPLATES } from "./default-templates.js";
import type { ScriptAuthor, ScriptChannel } from "./script.js";
import { type ScriptSettings, scriptSettings } from "./settings.js";
import { ledgerBudget } from "./spend.js";
import { listTemplates, type StoredTemplate } from "./templates.js";
import { addedEntries, listWords, type WordEdit } from "./words.js";

/** WeCom takes no longer text. */
const MOST_BYTES = 4000;

/** What the texts of one institution are written and checked with. */
export interface ScriptDesk {
  readonly tenantId: number;
  readonly settings: ScriptSettings;
  readonly gate: ScriptGate;
  readonly edits: readonly WordEdit[];
  readonly templates: readonly StoredTemplate[];
  /** Texts of birthdays. */
  readonly ready: readonly ScriptTemplate[];
  /** Model that is asked first; null: templates only. */
  readonly model: string | null;
}

/** Reads what an institution has set. */
export async function openDesk({ context: { stores, config } }: ScriptAuthor, tenantId: number): Promise<ScriptDesk> {
  const [settings, edits, templates] = await Promise.all([
    scriptSettings(stores, tenantId),
    listWords(stores, tenantId),
    listTemplates(stores, tenantId),
  ]);
  const own = templates.filter(({ purpose, isActive }) => purpose === "birthday" && isActive);
  return {
    ...{ tenantId, settings, edits, templates, gate: gateOf(edits) },
    ready: own.length > 0 ? own : DEFAULT_TEMPLATES,
    model: settings.engine === "model" ? (settings.model ?? config.llm.model) : null,
  };
}

/** The gate of an institution. */
export function gateOf(edits: readonly WordEdit[]): ScriptGate {
  return scriptGate({
    added: addedEntries(edits),
    allowed: edits.filter(({ kind }) => kind === "allow").map(({ word }) => word),
    segmentsOf: (text) => countSegments(text).segments,
  });
}

/** How long a text may be. */
export function limitsOf(channel: ScriptChannel, { maxSegments }: Pick<ScriptSettings, "maxSegments">): ScriptLimits {
  return channel === "sms" ? { maxBytes: MOST_BYTES, maxSegments } : { maxBytes: MOST_BYTES };
}

/** Who writes first, and who after that. */
export async function writersOf(
  { context }: ScriptAuthor,
  desk: ScriptDesk,
  now: number,
): Promise<{ readonly writer: ScriptWriter; readonly fallBacks: readonly ScriptWriter[] }> {
  const own = templateWriter({ templates: desk.ready });
  const usual = templateWriter({ templates: DEFAULT_TEMPLATES });
  const plain = templateWriter({ templates: PLAIN_TEMPLATES });
  if (desk.model === null) return { writer: own, fallBacks: [usual, plain] };
  return { writer: await modelOf(context, desk, desk.model, now), fallBacks: [own, usual, plain] };
}

async function modelOf(
  { stores, config, transport, kit }: ScriptAuthor["context"],
  { tenantId, settings }: ScriptDesk,
  model: string,
  now: number,
): Promise<ScriptWriter> {
  const { apiKey, url, timeoutMs } = config.llm;
  if (apiKey === undefined) return NO_MODEL;
  const budget = await dayBudget({ stores, config, kit }, { tenantId, settings }, now);
  return openAiCompatible({ url, apiKey, model, transport, timeoutMs, budget });
}

/** What an institution may spend on models on the day of an instant. */
async function dayBudget(
  { stores, config, kit }: Pick<ScriptAuthor["context"], "stores" | "config" | "kit">,
  { tenantId, settings }: Pick<ScriptDesk, "tenantId" | "settings">,
  now: number,
): Promise<ScriptBudget> {
  const { prices, dailyTokens, dailyCost } = config.llm;
  const { timeZone } = await kit.forTenant(tenantId).tenant();
  return ledgerBudget(stores, {
    ...{ tenantId, prices, day: localDateOf(now, timeZone) },
    limits: { tokens: least(settings.dailyTokens, dailyTokens), cost: least(settings.dailyCost, dailyCost) },
  });
}

/** The model of a tenant and what it may spend, for others that ask it; undefined: none is configured. */
export async function modelOfTenant(
  context: ScriptAuthor["context"],
  tenantId: number,
  now: number,
): Promise<OpenAiCompatibleOptions | undefined> {
  const { apiKey, url, timeoutMs, model } = context.config.llm;
  if (apiKey === undefined) return undefined;
  const settings = await scriptSettings(context.stores, tenantId);
  const budget = await dayBudget(context, { tenantId, settings }, now);
  return { url, apiKey, model: settings.model ?? model, transport: context.transport, timeoutMs, budget };
}

/** An institution spends less than the server lets it, never more. */
function least<T extends number | undefined>(own: number | null, most: T): number | T {
  return own === null ? most : Math.min(own, most ?? own);
}

/** Stands for a model that nobody has configured. */
const NO_MODEL: ScriptWriter = {
  name: "openai-compatible",
  write: async () => ({
    ...{ kind: "failed", reason: "refused", retry: "never", detail: "LLM_API_KEY is not set", prompt: null },
    tokens: { prompt: 0, completion: 0 },
  }),
};

/** Looks at a text of an institution. A reviewed promotion may be sent as it stands; of all others the gate decides. */
export function checkOf(desk: ScriptDesk, text: string, subject: GateSubject): GateResult {
  const isReviewed = desk.templates.some((template) => isReviewedPromotion(template) && template.text === text);
  const checked = desk.gate.check(text, subject);
  if (!isReviewed) return checked;
  const findings = checked.findings.filter(({ code }) => code === "too-long" || code === "too-many-segments");
  return { verdict: findings.length > 0 ? "repair" : "pass", findings };
}

/** Whether a template may go out as it stands though it promotes something. */
export function isReviewedPromotion({ purpose, isActive, reviewCertificateNo }: StoredTemplate): boolean {
  return purpose === "promotion" && isActive && reviewCertificateNo !== null;
}
