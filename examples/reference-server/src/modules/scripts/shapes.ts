import type { ScriptFinding } from "@recallkit/core/script";
import type * as z from "zod";
import type { KeptScript } from "./ledger.js";
import type {
  findingSchema,
  scriptDetail,
  scriptSchema,
  settingsSchema,
  templateSchema,
  wordSchema,
} from "./schema.js";
import type { PersonFacts } from "./script.js";
import type { ScriptSettings } from "./settings.js";
import type { StoredTemplate } from "./templates.js";
import type { WordEdit } from "./words.js";

/** Findings with their words. */
export function findingShapes(text: string, findings: readonly ScriptFinding[]): z.input<typeof findingSchema>[] {
  return findings.map(({ code, severity, start, end, source }) => {
    return { code, severity, start, end, words: text.slice(start, end).slice(0, 200), source };
  });
}

export function scriptShape(script: KeptScript): z.input<typeof scriptSchema> {
  return {
    ...{ id: script.scriptId, purpose: script.purpose, channel: script.channel, customer_id: script.customerId },
    ...{ text: script.text, engine: script.engine, model: script.model, is_model_written: script.isModelWritten },
    ...{ template_id: script.templateId, verdict: script.verdict, input_hash: script.inputHash },
    findings: script.findings.map((finding) => ({ ...finding })),
    tokens: { prompt: script.promptTokens, completion: script.completionTokens },
    cost: script.costMicros / 1_000_000,
    created_at: script.createdAt,
  };
}

export function detailShape(script: KeptScript): z.input<typeof scriptDetail> {
  return {
    ...scriptShape(script),
    prompt: script.prompt === null ? null : [...script.prompt],
    drafts: script.drafts.map(({ text, findings, failure }) => ({
      text,
      findings: findingShapes(text ?? "", findings),
      failure: failure && { ...failure },
    })),
  };
}

export function templateShape(template: StoredTemplate): z.input<typeof templateSchema> {
  const { id, purpose, name, text, reviewCertificateNo, isActive, createdBy, createdAt, updatedAt } = template;
  const when = { created_by: createdBy, created_at: createdAt, updated_at: updatedAt };
  return { id, purpose, name, text, review_certificate_no: reviewCertificateNo, is_active: isActive, ...when };
}

export function wordShape({ createdBy, createdAt, ...edit }: WordEdit): z.input<typeof wordSchema> {
  return { ...edit, created_by: createdBy, created_at: createdAt };
}

export function settingsShape(settings: ScriptSettings): z.input<typeof settingsSchema> {
  const { engine, model, dailyTokens, dailyCost, maxSegments, widened } = settings;
  const limits = { daily_tokens: dailyTokens, daily_cost: dailyCost, max_segments: maxSegments };
  return { engine, model, ...limits, widened: widened.map((fact) => ({ ...fact })) };
}

/** The person of a request. */
export function personOf(body: {
  readonly surname?: string | null | undefined;
  readonly title?: string | null | undefined;
  readonly days_to_birthday: number;
  readonly vip_level?: string | null | undefined;
  readonly salon_name: string;
}): PersonFacts {
  return {
    ...{ surname: body.surname ?? null, title: body.title ?? null, vipLevel: body.vip_level ?? null },
    ...{ daysToBirthday: body.days_to_birthday, salonName: body.salon_name },
  };
}
