import type { Say } from "./io.js";

const TITLES: Readonly<Record<string, string>> = {
  "Usage:": "用法：",
  "Arguments:": "参数：",
  "Options:": "选项：",
  "Global Options:": "通用选项：",
  "Commands:": "命令：",
};

/** A title of a help text. */
export function helpTitle(title: string, say: Say): string {
  return say(TITLES[title] ?? title, title);
}

/** What commander adds to the description of an option, in the language of the help. */
export function helpDescription(text: string, say: Say): string {
  return text
    .replace(/ \(default: "?(.*?)"?\)$/, (added, value: string) => say(`（默认 ${value}）`, added))
    .replace(/ \(choices: (.*?)(?:, default: "?(.*?)"?)?\)$/, (added, choices: string, value?: string) => {
      const chinese = `（可选 ${choices.replaceAll('"', "").replaceAll(", ", "、")}${value === undefined ? "" : `，默认 ${value}`}）`;
      return say(chinese, added);
    });
}

/** What commander says of a command line that it can't read, by its own words; `$1` … stand for their parts. */
const FAULTS: readonly (readonly [RegExp, string])[] = [
  [/^missing required argument '(.+)'/, "缺少参数 $1"],
  [/^option '(.+?)' argument missing/, "选项 $1 缺少值"],
  [/^required option '(.+?)' not specified/, "缺少必填选项 $1"],
  [/^unknown option '(.+?)'/, "未知选项 $1"],
  [/^unknown command '(.+?)'/, "未知命令 $1"],
  [/^too many arguments.*Expected (\d+) arguments? but got (\d+)\./, "参数过多：需要 $1 个，给了 $2 个"],
  [/^option '(.+?)' argument '(.*?)' is invalid\. Allowed choices are (.+?)\./, "选项 $1 的值 $2 无效，可选 $3"],
  [/^option '(.+?)' argument '(.*?)' is invalid\. ?(.*)/, "选项 $1 的值 $2 无效：$3"],
  [
    /^command-argument value '(.*?)' is invalid for argument '(.+?)'\. Allowed choices are (.+?)\./,
    "参数 $2 的值 $1 无效，可选 $3",
  ],
  [/^command-argument value '(.*?)' is invalid for argument '(.+?)'\. ?(.*)/, "参数 $2 的值 $1 无效：$3"],
];

/** The same in the language of the command line, in one line. */
export function usageFault(text: string, say: Say): string {
  const found = FAULTS.find(([pattern]) => pattern.test(text));
  const line = (text.trim().split("\n")[0] ?? "").replace(
    /a whole number from (\d+) to (\d+) is expected\./,
    "应为 $1 至 $2 的整数",
  );
  return found ? say(`${line.replace(...found).replace(/\s*\(Did you mean.*$/, "")}\n`, text) : text;
}
