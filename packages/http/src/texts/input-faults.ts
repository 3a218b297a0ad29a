import type { InputIssue } from "@recallkit/core";
import type * as z from "zod";
import type { Language, Text } from "./language.js";

/** What a check says when it fails; for the second argument of `refine`. */
export function says(zh: string, en: string): { readonly params: Text } {
  return { params: { zh, en } };
}

const TYPES: Readonly<Record<string, Text>> = {
  string: { zh: "应为字符串", en: "must be a string" },
  number: { zh: "应为数字", en: "must be a number" },
  int: { zh: "应为整数", en: "must be a whole number" },
  boolean: { zh: "应为布尔值", en: "must be true or false" },
  array: { zh: "应为数组", en: "must be a list" },
  object: { zh: "应为对象", en: "must be an object" },
};

type RawIssue = Parameters<z.core.$ZodErrorMap>[0];

/** Text of one fault that zod found. */
function textOf(issue: RawIssue): Text {
  switch (issue.code) {
    case "invalid_type":
      if (issue.input === undefined) return REQUIRED;
      return TYPES[issue.expected] ?? { zh: "类型不正确", en: "has the wrong type" };
    case "too_small":
      return tooSmall(issue.origin, Number(issue.minimum));
    case "too_big":
      return tooBig(issue.origin, Number(issue.maximum));
    case "invalid_value":
      if (issue.input === undefined) return REQUIRED;
      return { zh: `只能是 ${issue.values.join("、")}`, en: `must be one of ${issue.values.join(", ")}` };
    case "custom":
      return isText(issue.params) ? issue.params : INVALID;
    default:
      return INVALID;
  }
}

const REQUIRED: Text = { zh: "必填", en: "is required" };
const INVALID: Text = { zh: "取值不正确", en: "is not valid" };

function tooSmall(origin: string, least: number): Text {
  if (origin === "number" || origin === "int") return { zh: `不能小于 ${least}`, en: `must be at least ${least}` };
  if (least === 1) return { zh: "不能为空", en: "must not be empty" };
  return { zh: `至少 ${least} 个`, en: `needs at least ${least}` };
}

function tooBig(origin: string, most: number): Text {
  if (origin === "number" || origin === "int") return { zh: `不能大于 ${most}`, en: `must be at most ${most}` };
  if (origin === "string") return { zh: `不能超过 ${most} 个字符`, en: `must have at most ${most} characters` };
  return { zh: `不能超过 ${most} 项`, en: `must have at most ${most} entries` };
}

function isText(value: unknown): value is Text {
  return typeof value === "object" && value !== null && "zh" in value && "en" in value;
}

const UNKNOWN_FIELD: Text = { zh: "未知字段", en: "unknown field" };

/** Parses with a schema; the faults are all there at once, in the caller's language, with dotted paths. */
export function parseWith<S extends z.ZodType>(
  schema: S,
  input: unknown,
  language: Language,
): { readonly value: z.output<S> } | { readonly issues: readonly InputIssue[] } {
  const result = schema.safeParse(input, { error: (issue) => textOf(issue)[language] });
  if (result.success) return { value: result.data };
  return { issues: result.error.issues.flatMap((issue) => issuesAt(issue, language)) };
}

function issuesAt(issue: z.core.$ZodIssue, language: Language): InputIssue[] {
  const at = issue.path.map(String);
  // Of several forms the caller meant the one that the input comes nearest to.
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    const forms = issue.errors.map((faults) => faults.flatMap((fault) => issuesAt(fault, language)));
    const nearest = forms.reduce((best, faults) => (faults.length < best.length ? faults : best));
    return nearest.map((fault) => ({ ...fault, path: [...at, fault.path].filter(Boolean).join(".") }));
  }
  if (issue.code !== "unrecognized_keys") {
    return [{ path: at.join("."), code: issue.code, message: issue.message }];
  }
  return issue.keys.map((key) => ({
    path: [...at, key].join("."),
    code: issue.code,
    message: UNKNOWN_FIELD[language],
  }));
}
