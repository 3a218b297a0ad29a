import { INTENTS, type IntentRule } from "@recallkit/core/intent";
import * as z from "zod";
import { repeatIfTaken } from "../../frame/repeat-if-taken.js";
import { type InboxDatabase, inboxTables } from "./tables.js";

const words = z.array(z.string().trim().min(1).max(40)).max(200);

/** A rule of the router as a tenant writes it. */
const ruleSchema = z.strictObject({
  intent: z.enum(INTENTS),
  words: words.min(1),
  without: words.optional(),
  whole: z.boolean().optional(),
  weight: z.number().min(0).max(10).optional(),
});

/** What a tenant sets about its inbox. */
export const inboxSettingsSchema = z.strictObject({
  engine: z
    .enum(["rules", "model"])
    .describe("model 未配置、超时或超预算时使用规则 / the model gives way to the rules"),
  threshold: z.number().min(0).max(1).describe("低于该置信度转人工 / below it a person answers"),
  rules: z.array(ruleSchema).max(200).nullable().describe("null 使用内置规则 / null: the rules that come with it"),
  quick_replies: z.array(z.string().trim().min(1).max(500)).max(50),
  greeting: z.string().trim().min(1).max(500),
});

export type InboxSettings = z.output<typeof inboxSettingsSchema>;

const USUAL: InboxSettings = {
  engine: "rules",
  threshold: 0.45,
  rules: null,
  quick_replies: ["您好，请问有什么可以帮您？", "已收到，我们马上为您处理。", "感谢您的耐心等待。"],
  greeting: "您好，请直接说您的问题：咨询、查进度、报修、开发票都可以；回复“人工”找客服。",
};

/** Settings with what is kept beside them. */
export interface KeptSettings {
  readonly settings: InboxSettings;
  /** 0: nobody has changed them. */
  readonly version: number;
  /** The group bot, sealed; null: none. */
  readonly groupBot: string | null;
}

/** The settings of a tenant; the usual ones while nobody has changed them. */
export async function inboxSettings(database: InboxDatabase, tenantId: number): Promise<KeptSettings> {
  const row = await inboxTables(database)
    .selectFrom("rk_inbox_settings")
    .select(["settings", "version", "group_bot"])
    .where("tenant_id", "=", tenantId)
    .executeTakeFirst();
  if (!row) return { settings: USUAL, version: 0, groupBot: null };
  // Fields that came later have their usual value.
  const settings = inboxSettingsSchema.parse({ ...USUAL, ...JSON.parse(row.settings) });
  return { settings, version: row.version, groupBot: row.group_bot };
}

/** Keeps settings whole. @returns false: somebody else changed them since this version */
export async function putInboxSettings(
  database: InboxDatabase,
  tenantId: number,
  next: { readonly settings: InboxSettings; readonly groupBot: string | null; readonly version: number },
  { actor, at }: { readonly actor: string; readonly at: number },
): Promise<boolean> {
  const kept = {
    settings: JSON.stringify(next.settings),
    group_bot: next.groupBot,
    version: next.version + 1,
    updated_by: actor,
    updated_at: at,
  };
  const db = inboxTables(database);
  if (next.version === 0) {
    const before = await inboxSettings(database, tenantId);
    if (before.version > 0) return false;
    await repeatIfTaken(() =>
      db
        .insertInto("rk_inbox_settings")
        .values({ tenant_id: tenantId, ...kept })
        .execute(),
    );
    return true;
  }
  const { numUpdatedRows } = await db
    .updateTable("rk_inbox_settings")
    .set(kept)
    .where("tenant_id", "=", tenantId)
    .where("version", "=", next.version)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Rules as the classifier takes them. */
export function rulesOf({ rules }: InboxSettings): readonly IntentRule[] | undefined {
  return rules ?? undefined;
}
