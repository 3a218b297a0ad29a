import { toE164 } from "@recallkit/sms";

/** What an employee can ask for. */
export const COMMANDS = ["record_customer", "query_progress", "transfer_engineer", "solved", "help"] as const;
export type CommandName = (typeof COMMANDS)[number];

/** A command as it was read; words in whatever order. */
export interface StaffCommand {
  readonly name: CommandName;
  /** E.164. */
  readonly phone: string | undefined;
  /** Of a ticket or a project. */
  readonly number: number | undefined;
  /** A member that was named with `@`. */
  readonly member: string | undefined;
  /** All other words, in their order. */
  readonly words: readonly string[];
}

/** What a text of an employee is: a command, an unknown one, or no command. */
export type ReadCommand =
  | { readonly kind: "command"; readonly command: StaffCommand }
  | { readonly kind: "unknown" }
  | { readonly kind: "none" };

/** Names with what people write instead. */
const NAMES: readonly (readonly [CommandName, readonly string[]])[] = [
  ["record_customer", ["记录客户", "記錄客戶", "登记客户", "新增客户", "录入客户", "记客户"]],
  ["query_progress", ["查询进度", "查詢進度", "查进度", "查看进度", "进度查询", "进度"]],
  ["transfer_engineer", ["转接工程师", "轉接工程師", "转工程师", "转接", "转派"]],
  ["solved", ["问题已解决", "問題已解決", "已解决", "解决"]],
  ["help", ["帮助", "幫助", "help", "?"]],
];
/** Nobody types a longer one. */
const MOST = 1000;
const BETWEEN = /[\s,，、;；:：|]+/u;

/** The name of a command behind its `#`, with blanks wherever somebody puts them; longer spellings before shorter ones. */
const NAMED = NAMES.flatMap(([name, spellings]) =>
  spellings.map((spelling) => ({
    name,
    length: spelling.length,
    form: new RegExp(`#+\\s*${[...spelling].map((one) => one.replace("?", "\\?")).join("\\s*")}`, "iu"),
  })),
).sort((a, b) => b.length - a.length);

/** Reads a text of an employee: `#` of any width, blanks or none, and what the command is about behind it or before it. */
export function readCommand(text: string): ReadCommand {
  const plain = text
    .normalize("NFKC")
    .replace(/\p{Cf}/gu, "")
    .trim()
    .slice(0, MOST);
  for (const { name, form } of NAMED) {
    const found = form.exec(plain);
    if (!found) continue;
    const others = `${plain.slice(0, found.index)} ${plain.slice(found.index + found[0].length)}`;
    return { kind: "command", command: { name, ...readArguments(others) } };
  }
  return { kind: plain.startsWith("#") ? "unknown" : "none" };
}

function readArguments(text: string): Omit<StaffCommand, "name"> {
  let [phone, number, member]: [string | undefined, number | undefined, string | undefined] = [
    undefined,
    undefined,
    undefined,
  ];
  const words: string[] = [];
  // A number that stands against a word is its own: 张三13800138000.
  const apart = text
    .replace(/(\+?86[- ]?)?1[3-9]\d([- ]?)\d{4}\2\d{4}(?!\d)/gu, (digits) => ` ${digits.replace(/[- ]/g, "")} `)
    .replace(/#\s*(?=\d)/gu, " #");
  for (const word of apart.split(BETWEEN)) {
    if (word === "") continue;
    const asPhone: string | undefined = phone === undefined ? toE164(word) : undefined;
    if (asPhone !== undefined && /\d{11}$/.test(word)) phone = asPhone;
    else if (number === undefined && /^#?\d{1,10}(号|號)?$/u.test(word)) number = Number(word.replace(/\D/g, ""));
    else if (member === undefined && /^@\S+$/u.test(word)) member = word.slice(1);
    else words.push(word);
  }
  return { phone, number, member, words };
}
