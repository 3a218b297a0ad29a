import type * as z from "zod";

type RawIssue = Parameters<z.core.$ZodErrorMap>[0];

const TYPES: Readonly<Record<string, string>> = {
  string: "must be a text",
  number: "must be a finite number",
  int: "must be a whole number",
  boolean: "must be true or false",
  array: "must be a list",
  object: "must be an object",
  record: "must be an object",
};

const FORMATS: Readonly<Record<string, string>> = { email: "must be an e-mail address" };

/** What is wrong, in a sentence about the field; the words of the library behind the schemas never come out. */
export function faultText(issue: RawIssue): string {
  switch (issue.code) {
    case "invalid_type":
      if (issue.input === undefined) return "is missing";
      return TYPES[issue.expected] ?? `must be of type ${issue.expected}`;
    case "too_small":
      return `must ${bound(issue.origin, "at least", issue.minimum, issue.inclusive)}`;
    case "too_big":
      return `must ${bound(issue.origin, "at most", issue.maximum, issue.inclusive)}`;
    case "invalid_value":
      if (issue.input === undefined) return "is missing";
      return `must be ${issue.values.length > 1 ? "one of " : ""}${issue.values.map(String).join(", ")}`;
    case "invalid_format":
      return FORMATS[issue.format] ?? "has not the form that is needed";
    case "invalid_key":
      return "is no name that may be given here";
    case "unrecognized_keys":
      return "unknown field";
    case "not_multiple_of":
      return `must be a multiple of ${issue.divisor}`;
    case "invalid_union":
      return "has none of the forms that are possible here";
    default:
      return "is not a value that is possible here";
  }
}

function bound(origin: string, word: string, limit: number | bigint, inclusive: boolean | undefined): string {
  const most = inclusive === false ? `${word === "at least" ? "more" : "less"} than ${limit}` : `${word} ${limit}`;
  if (origin === "string") return `have ${most} characters`;
  if (origin === "array" || origin === "set" || origin === "map") return `have ${most} entries`;
  return `be ${most}`;
}
