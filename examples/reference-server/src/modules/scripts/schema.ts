import { hasControlCharacters, normaliseText } from "@recallkit/core/ports";
import { foldWords } from "@recallkit/core/script";
import { cursorPage, instantField, pageFields, says } from "@recallkit/http";
import * as z from "zod";
import { SCRIPT_CHANNELS } from "./script.js";
import { WIDENED_FACTS } from "./settings.js";
import { SCRIPT_PURPOSES } from "./templates.js";
import { WORD_KINDS } from "./words.js";

const clean = (text: string) => !hasControlCharacters(text);
const noControls = says("不能包含控制字符", "must not hold control characters");

function line(least: number, most: number) {
  return z.string().transform(normaliseText).pipe(z.string().min(least).max(most).refine(clean, noControls));
}

/** Who is meant when somebody tries it out. */
const personFields = {
  surname: line(0, 20).nullish().describe("姓氏 / surname"),
  title: line(0, 20).nullish().describe("称谓：女士、先生 / form of address"),
  days_to_birthday: z.int().min(0).max(366).describe("距生日天数，0 为今天 / days to the birthday"),
  vip_level: line(0, 64).nullish().describe("会员等级 / VIP level"),
  salon_name: line(1, 64).describe("文案中的机构称呼 / how the institution is called"),
};
const channel = z.enum(SCRIPT_CHANNELS);
const otherNames = z.array(line(1, 64)).max(200).optional().describe("不得出现的其他人姓名 / names of others");

export const findingSchema = z.strictObject({
  code: z.string(),
  severity: z.enum(["repair", "refuse"]),
  start: z.int().describe("起始位置，UTF-16 / where it begins"),
  end: z.int().describe("结束位置（不含） / where it ends, exclusive"),
  words: z.string().describe("原文 / the words"),
  source: z.string().describe("依据 / the rule"),
});
const findings = z.array(findingSchema);

export const checkBody = z.strictObject({
  ...personFields,
  channel,
  other_names: otherNames,
  text: z.string().max(8000),
});
export const checkAnswer = z.strictObject({
  verdict: z.enum(["pass", "repair", "refuse"]).describe("只有 pass 可以发送 / only pass may be sent"),
  findings,
});

export const tryBody = z.strictObject({ ...personFields, channel, other_names: otherNames });

const draft = z.strictObject({
  text: z.string().nullable(),
  findings,
  failure: z.strictObject({ reason: z.string(), retry: z.string(), detail: z.string() }).nullable(),
});

export const scriptSchema = z.strictObject({
  id: z.int(),
  purpose: z.string(),
  channel: z.string(),
  customer_id: z.int().nullable(),
  text: z.string(),
  engine: z.enum(["template", "model"]),
  model: z.string().nullable(),
  is_model_written: z.boolean().describe("由模型生成 / a model wrote it"),
  template_id: z.int().nullable(),
  verdict: z.enum(["pass", "repaired", "fallback"]),
  findings: z.array(findingSchema.omit({ words: true })),
  input_hash: z.string(),
  tokens: z.strictObject({ prompt: z.int(), completion: z.int() }),
  cost: z.number().describe("商户货币 / in the tenant's currency"),
  created_at: instantField,
});
export const scriptDetail = z.strictObject({
  ...scriptSchema.shape,
  prompt: z.array(z.string()).nullable().describe("发给模型的全部内容 / all that the model was told"),
  drafts: z.array(draft).describe("未采用的草稿 / tries that were not taken"),
});
export const scriptsPage = cursorPage(scriptSchema);
export const scriptsQuery = z.strictObject({
  ...pageFields,
  verdict: z.enum(["pass", "repaired", "fallback"]).optional(),
});

const certificate = line(4, 100)
  .pipe(z.string().refine((text) => /\d/.test(text), says("应为审查证明文号", "must be the number of a certificate")))
  .describe("《医疗广告审查证明》文号；推广内容必填 / number of the certificate of review; required of promotions");
const templateText = z
  .string()
  .transform((text) => text.normalize("NFC").trim())
  .pipe(z.string().min(1).max(1300).refine(clean, noControls))
  .describe("可用 {{surname|尊敬的}} {{title|您}} {{vipLevel}} {{salonName}} {{daysToBirthday}}；推广内容不得含变量");

export const templateSchema = z.strictObject({
  id: z.int(),
  purpose: z.enum(SCRIPT_PURPOSES),
  name: z.string(),
  text: z.string(),
  review_certificate_no: z.string().nullable(),
  is_active: z.boolean(),
  created_by: z.string(),
  created_at: instantField,
  updated_at: instantField,
});
export const createTemplateBody = z.strictObject({
  purpose: z.enum(SCRIPT_PURPOSES).default("birthday"),
  name: line(1, 100),
  text: templateText,
  review_certificate_no: certificate.nullish(),
  is_active: z.boolean().default(true),
});
export const editTemplateBody = z.strictObject({
  name: line(1, 100).optional(),
  text: templateText.optional(),
  review_certificate_no: certificate.nullish(),
  is_active: z.boolean().optional(),
});
export const templatesAnswer = z.strictObject({ items: z.array(templateSchema) });

const hasForm = (word: string) => foldWords(word).text.length >= 2;
export const wordSchema = z.strictObject({
  id: z.int(),
  kind: z.enum(WORD_KINDS).describe("add 禁用一词，allow 允许一个短语 / forbids a word, permits a phrase"),
  word: z.string(),
  severity: z.enum(["repair", "refuse"]),
  reason: z.string(),
  created_by: z.string(),
  created_at: instantField,
});
export const addWordBody = z.strictObject({
  kind: z.enum(WORD_KINDS),
  word: line(1, 60).pipe(z.string().refine(hasForm, says("至少两个字", "must have at least two characters"))),
  severity: z.enum(["repair", "refuse"]).default("refuse"),
  reason: line(4, 500).describe("必填，留档备查 / why; kept"),
});
export const lexiconAnswer = z.strictObject({
  edits: z.array(wordSchema),
  items: z.array(
    z.strictObject({
      word: z.string(),
      code: z.string(),
      severity: z.enum(["repair", "refuse"]),
      source: z.string(),
    }),
  ),
});

export const settingsSchema = z.strictObject({
  engine: z.enum(["template", "model"]).describe("先由谁撰写 / who writes first"),
  model: z.string().nullable().describe("空为服务器的 LLM_MODEL / null: the server's"),
  daily_tokens: z.int().min(0).max(1_000_000_000).nullable().describe("空为 LLM_DAILY_TOKENS / null: the server's"),
  daily_cost: z.number().min(0).max(1_000_000).nullable().describe("空为 LLM_DAILY_COST / null: the server's"),
  max_segments: z.int().min(1).max(10).describe("短信最多条数 / most billed segments"),
  widened: z.array(
    z.strictObject({
      fact: z.enum(WIDENED_FACTS),
      reason: z.string(),
      recorded_by: z.string(),
      recorded_at: instantField,
    }),
  ),
});
export const settingsAnswer = z.strictObject({
  ...settingsSchema.shape,
  is_model_configured: z.boolean().describe("已设置 LLM_API_KEY / a key is set"),
  today: z.strictObject({ calls: z.int(), tokens: z.int(), cost: z.number() }).describe("今日用量 / used today"),
});
export const putSettingsBody = z.strictObject({
  engine: settingsSchema.shape.engine,
  model: z
    .string()
    .regex(/^[\w./:@-]{1,100}$/)
    .nullish(),
  daily_tokens: settingsSchema.shape.daily_tokens.optional(),
  daily_cost: settingsSchema.shape.daily_cost.optional(),
  max_segments: settingsSchema.shape.max_segments.optional(),
  widened: z
    .array(
      z.strictObject({
        fact: z.enum(WIDENED_FACTS),
        reason: line(10, 500).describe(
          "必填，留档；本人还须单独同意 / why; the person's own consent is needed beside it",
        ),
      }),
    )
    .max(WIDENED_FACTS.length)
    .optional()
    .describe("在默认资料之外告诉模型的内容 / what a model is told beside the usual facts"),
});
