/** Languages of messages; `zh` stands for zh-CN. */
export type Language = "zh" | "en";

/** One text in every language. */
export type Text = Readonly<Record<Language, string>>;

/**
 * The language that an `Accept-Language` header prefers among ours.
 *
 * @default zh, also for languages that we do not speak
 */
export function preferredLanguage(header: string | undefined): Language {
  const wanted = (header ?? "").split(",").map((part) => {
    const [tag = "", ...parameters] = part.trim().toLowerCase().split(";");
    const quality = parameters.map((parameter) => /^\s*q=([\d.]+)\s*$/.exec(parameter)?.[1]).find(Boolean);
    return { language: languageOf(tag.trim()), quality: quality === undefined ? 1 : Number(quality) };
  });
  const best = wanted
    .filter(({ language, quality }) => language !== undefined && quality > 0)
    .sort((a, b) => b.quality - a.quality)[0];
  return best?.language ?? "zh";
}

function languageOf(tag: string): Language | undefined {
  const primary = tag.split("-")[0];
  return primary === "zh" || primary === "en" ? primary : undefined;
}

/** Texts by code of an error or a fault; `{name}` stands for a parameter of the fault. */
export type Texts = Readonly<Record<string, Text>>;
