import {
  byteLength,
  hasControlCharacters,
  isLocalDate,
  isLocalTime,
  mediaHash,
  normaliseText,
} from "@recallkit/core/ports";
import { says } from "@recallkit/http";
import { MAX_CARD_TITLE_BYTES, MAX_TEXT_BYTES } from "@recallkit/wecom";
import * as z from "zod";

type Check = readonly [test: (text: string) => boolean, message: ReturnType<typeof says>];

const noControls: Check = [
  (text) => !hasControlCharacters(text),
  says("不能包含控制字符", "must not hold control characters"),
];
const oneLine: Check = [(text) => !/[\t\n]/.test(text), says("不能换行或包含制表符", "must be one line without tabs")];
const atMostBytes = (most: number): Check => [
  (text) => byteLength(text) <= most,
  says(`UTF-8 编码后不能超过 ${most} 字节`, `must have at most ${most} bytes of UTF-8`),
];
const atMostCharacters = (most: number): Check => [
  (text) => text.length <= most,
  says(`不能超过 ${most} 个字符`, `must have at most ${most} characters`),
];

/** Text in its stored form: NFC, trimmed, line ends as LF. */
function storedForm(text: string): string {
  return normaliseText(text.replace(/\r\n?/g, "\n"));
}

/** Optional text in its stored form; blank text and `null` stand for an absent one, as `info` writes it. */
function optionalText(...checks: readonly Check[]) {
  const text = z
    .string()
    .nullish()
    .transform((given) => storedForm(given ?? "") || undefined);
  return checks.reduce<z.ZodType<string | undefined, string | null | undefined>>(
    (schema, [test, message]) => schema.refine((given) => given === undefined || test(given), message),
    text,
  );
}

/** One line of 1 … so many bytes. */
export function requiredLine(most: number) {
  return z
    .string()
    .transform(storedForm)
    .pipe(
      z
        .string()
        .min(1)
        .refine(...noControls)
        .refine(...oneLine)
        .refine(...atMostBytes(most)),
    );
}

/** The same, where it may be absent. */
export const optionalLine = (most: number) => optionalText(noControls, oneLine, atMostBytes(most));

/** Name of a push. */
export const pushName = z
  .string()
  .transform(storedForm)
  .pipe(
    z
      .string()
      .min(1)
      .max(255)
      .refine(...noControls)
      .refine(...oneLine),
  );

/** 0 = active, 1 = paused. */
export const pushStatus = z.literal([0, 1]).describe("0-进行中，1-暂停 / 0 active, 1 paused");

/** Positive id of a push. */
export const pushId = z.int().min(1);

/** An existing day. */
export const localDay = z
  .string()
  .refine(isLocalDate, says("应为存在的日期，格式 YYYY-MM-DD", "must be an existing day, YYYY-MM-DD"));

/** One weekly time. */
export const weekDayPushTime = z.strictObject({
  week: z.int().min(1).max(7).describe("1-7，7 表示周日 / 7 is Sunday"),
  time: z
    .string()
    .refine(isLocalTime, says("应为 HH:mm，00:00 到 23:59", "must be HH:mm, 00:00 to 23:59"))
    .meta({ pattern: "^([01]\\d|2[0-3]):[0-5]\\d$" }),
});

/** Days since the last order. */
export const orderDays = z.int().min(0).max(3650).nullish();

/** Text of the message. */
export const messageText = optionalText(noControls, atMostBytes(MAX_TEXT_BYTES));

/** An image by https URL or `media:` reference. */
export const imageReference = optionalText(atMostCharacters(2048), [
  isImageReference,
  says("应为 https 图片地址或 media:<sha256>", "must be an https URL or media:<sha256>"),
]);

/** An image that must be there. */
export const requiredImage = requiredLine(2048).refine(
  isImageReference,
  says("应为 https 图片地址或 media:<sha256>", "must be an https URL or media:<sha256>"),
);

/** Title of a mini-program card. */
export const cardTitle = optionalText(noControls, oneLine, atMostBytes(MAX_CARD_TITLE_BYTES));

/** Page path of a mini-program card. */
export const cardPage = optionalText(noControls, oneLine, atMostCharacters(1024));

const MAX_LABELS = 1000;
const MAX_LABEL_LENGTH = 255;

/** Comma-separated labels → the labels, each once, in the order given. Full-width commas count as commas. */
export const labelList = z
  .string()
  .nullish()
  .transform((text) => [
    ...new Set(
      (text ?? "")
        .split(/[,，]/)
        .map(normaliseText)
        .filter((label) => label !== ""),
    ),
  ])
  .refine(
    (labels) => labels.every((label) => label.length <= MAX_LABEL_LENGTH && !hasControlCharacters(label)),
    says("每个标签 1 到 255 个字符", "each label has 1 to 255 characters"),
  )
  .refine((labels) => labels.length <= MAX_LABELS, says("最多 1000 个标签", "at most 1000 labels"));

function isImageReference(text: string): boolean {
  if (mediaHash(text) !== undefined) return true;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === "https:" && url.username === "" && url.password === "";
}

const attributeValue = z.union([z.string().min(1).max(255), z.number(), z.boolean()]);
const attributeBound = z.union([z.number(), z.string().min(10).max(10)]);

/** What attributes of customers have to be; all of them must hold. */
export const attributeConditions = z
  .array(
    z.strictObject({
      name: z.string().min(1).max(64).describe("属性名 / name of the attribute"),
      in: z.array(attributeValue).min(1).max(1000).optional().describe("取值之一 / one of these"),
      min: attributeBound.optional().describe("不小于，数字或 YYYY-MM-DD / at least"),
      max: attributeBound.optional().describe("不大于 / at most"),
      isSet: z.boolean().optional().describe("有没有这个属性 / whether the customer has it"),
    }),
  )
  .max(20);
