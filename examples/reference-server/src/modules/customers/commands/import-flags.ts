import { readFile } from "node:fs/promises";
import { ConfigError, InputError } from "@recallkit/core";
import {
  CUSTOMER_FIELDS,
  type DelimiterName,
  type Mapping,
  ORDER_FIELDS,
  PRESETS,
  type PresetName,
  parseAttribute,
  parseMapping,
  STATUS_MEANINGS,
  SUPPRESSION_FIELDS,
} from "@recallkit/import";
import { type Command, InvalidArgumentError, Option } from "commander";
import { checkedText } from "../../../cli/command.js";
import type { Say } from "../../../cli/io.js";
import { timeZone } from "../../../cli/time-zone.js";

/** What a file may hold that an import reads by a mapping. */
export type ImportKind = Mapping["kind"];

const FIELDS_OF: Readonly<Record<ImportKind, readonly string[]>> = {
  orders: ORDER_FIELDS,
  customers: CUSTOMER_FIELDS,
  suppressions: SUPPRESSION_FIELDS,
};

/** Options of all imports, as commander reads them. */
export interface ImportFlags {
  readonly map?: string;
  readonly mapping?: string;
  readonly delimiter?: DelimiterName;
  readonly encoding?: string;
  readonly skipLines?: number;
  readonly sheet?: string;
  readonly dateFormat?: "ymd" | "dmy" | "mdy";
  readonly blanks?: string;
  readonly country?: string;
  readonly keyForm?: "text" | "mobile" | "email";
  readonly externalUseridPrefix?: string;
  readonly strict?: boolean;
  readonly dryRun?: boolean;
  readonly onIdentityMove?: "refuse" | "move" | "merge";
  readonly rejects?: string;
  /** Of orders. */
  readonly preset?: PresetName;
  readonly tz?: string;
  readonly source?: string;
  readonly status?: readonly string[];
  readonly unknownStatus?: "refuse" | (typeof STATUS_MEANINGS)[number];
  readonly amount?: "line" | "order";
  readonly refund?: "line" | "order";
  readonly decimal?: "." | ",";
  readonly repeats?: "once" | "each";
  readonly onChange?: "replace" | "merge" | "refuse";
  /** Of customers. */
  readonly attribute?: readonly string[];
  /** Of opt-outs. */
  readonly reason?: string;
}

const several = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];

/** Adds what all commands take that read files by a mapping. */
export function readingFlags(command: Command, say: Say, kind: ImportKind | "any"): Command {
  const fields = kind === "any" ? ORDER_FIELDS : FIELDS_OF[kind];
  command
    .option("--mapping <file>", say("用 import inspect 写出的对应关系", "mapping written by import inspect"))
    .option("--map <field=column,…>", `${say("列名对应", "names of columns")}: ${fields.join(" ")}`)
    .option(
      "--encoding <name>",
      say("编码，例如 gbk（默认自动判断）", "encoding, for example gbk (default: by evidence)"),
    )
    .option("--delimiter <auto|,|;|tab|pipe>", say("分隔符", "what separates cells"), readDelimiter)
    .option("--skip-lines <n>", say("表头上方的行数", "lines above the header"), readLines)
    .option("--sheet <name>", say("工作表名称或序号", "name or number of the sheet"))
    .addOption(
      new Option("--date-format <order>", say("日期中年月日的顺序", "order of year, month and day")).choices([
        "ymd",
        "dmy",
        "mdy",
      ]),
    )
    .option("--blanks <word,…>", say("代表空白的词", "words that stand for nothing"))
    .addOption(
      new Option("--key-form <form>", say("客户键是什么", "what the key of people is")).choices([
        "text",
        "mobile",
        "email",
      ]),
    )
    .option("--country <code>", say("无国家码手机号的国家，例如 CN", "country of mobiles without one, for example CN"));
  return kind === "orders" || kind === "any" ? orderFlags(command, say) : command;
}

function orderFlags(command: Command, say: Say): Command {
  return command
    .addOption(new Option("--preset <name>", say("已知文件的格式", "layout of a well-known file")).choices(PRESETS))
    .option("--tz <zone>", say("时间所在时区（默认商户时区）", "zone of the times (default: the tenant's)"), timeZone)
    .option(
      "--status <word=meaning,…>",
      `${say("状态词的含义", "meanings of status words")}: ${STATUS_MEANINGS.join(" ")}`,
      several,
    )
    .addOption(
      new Option("--unknown-status <meaning>", say("未知状态词的含义", "what unknown status words mean")).choices([
        "refuse",
        ...STATUS_MEANINGS,
      ]),
    )
    .addOption(
      new Option("--amount <whose>", say("金额属于行还是订单", "whose the amount is")).choices(["line", "order"]),
    )
    .addOption(
      new Option("--refund <whose>", say("退款金额属于行还是订单", "whose the refund is")).choices(["line", "order"]),
    )
    .addOption(new Option("--decimal <mark>", say("小数点", "decimal mark")).choices([".", ","]))
    .addOption(
      new Option(
        "--repeats <what>",
        say("相同的行是重复导出还是各算一件", "identical rows: told twice, or bought twice"),
      ).choices(["once", "each"]),
    );
}

/** Adds what imports take that write. */
export function writingFlags(command: Command, say: Say, kind: ImportKind): Command {
  command
    .option("--dry-run", say("只试算，不写入", "find out everything, write nothing"))
    .option("--strict", say("可选值有误时整行拒绝", "a wrong optional value rejects its row"))
    .option(
      "--rejects <file>",
      say("出错的行写到哪里（默认 FILE.rejects.csv）", "where rejected lines go (default FILE.rejects.csv)"),
    );
  if (kind === "suppressions")
    return command.option("--reason <text>", say("原因（默认 opt_out）", "reason (default opt_out)"));
  command
    .option(
      "--external-userid-prefix <text>",
      say(
        "用「前缀+客户键」生成企微 external_userid，例如 wm_",
        "derive the WeCom external_userid from the customer key, for example wm_",
      ),
    )
    .addOption(
      new Option(
        "--on-identity-move <policy>",
        say("地址属于他人时", "an address that belongs to somebody else"),
      ).choices(["refuse", "move", "merge"]),
    );
  command.option(
    "--attribute <name=column:type>",
    say("自定义属性，可多次", "an attribute of the shop's own, repeatable"),
    several,
  );
  if (kind === "customers") return command;
  return command
    .addOption(
      new Option("--on-change <policy>", say("已有订单内容不同时", "an order that is told differently")).choices([
        "replace",
        "merge",
        "refuse",
      ]),
    )
    .option(
      "--source <name>",
      say("订单来源", "where the orders come from"),
      checkedText((text) => /^\S{1,64}$/.test(text), "1 to 64 characters"),
    );
}

/** The part of a mapping that the flags tell, over that of `--mapping`. @throws {ConfigError} names the option */
export async function toldMapping(kind: ImportKind | undefined, flags: ImportFlags): Promise<Partial<Mapping>> {
  const kept = flags.mapping === undefined ? undefined : await mappingFile(flags.mapping);
  if (kept && kind && kept.kind !== kind) {
    throw new ConfigError("config.invalid", "--mapping", `--mapping: ${flags.mapping} is a mapping of ${kept.kind}`);
  }
  const columns = flags.map === undefined ? {} : parseColumnNames(flags.map, kind ?? kept?.kind);
  const told = {
    dateFormat: flags.dateFormat,
    blanks: flags.blanks?.split(/[,，]/),
    country: flags.country?.toUpperCase(),
    keyForm: flags.keyForm,
    amount: flags.amount,
    refund: flags.refund,
    decimal: flags.decimal,
    repeats: flags.repeats,
    reason: flags.reason,
    statuses: flags.status && Object.fromEntries(flags.status.flatMap(parseStatuses)),
    attributes: flags.attribute && Object.fromEntries(flags.attribute.map(parseAttribute)),
  };
  const given = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));
  // Whether the fields belong to the kind is checked when the mapping is whole.
  return { ...kept, ...(kind && { kind }), ...given, columns: { ...kept?.columns, ...columns } } as Partial<Mapping>;
}

async function mappingFile(path: string): Promise<Mapping> {
  try {
    return parseMapping(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    const issues = InputError.is(error) ? error.issues.map((issue) => `${issue.path} ${issue.message}`).join("; ") : "";
    throw new ConfigError("config.invalid", "--mapping", `--mapping: ${path} ${issues || "is no mapping"}`, {
      hint: "import inspect FILE --write mapping.json makes one",
    });
  }
}

/** Reads `field=column,field=column`. @throws {ConfigError} `config.invalid` names the part that is wrong */
function parseColumnNames(text: string, kind: ImportKind | undefined): Readonly<Record<string, string>> {
  return parsePairs(text, kind ? FIELDS_OF[kind] : [...new Set(Object.values(FIELDS_OF).flat())]);
}

/** The same with the fields named. */
export function parsePairs(text: string, fields: readonly string[]): Readonly<Record<string, string>> {
  const pairs = text.split(/[,，]/).map((part) => {
    const at = part.indexOf("=");
    const field = fields.find((known) => known === part.slice(0, at).trim());
    const column = part.slice(at + 1).trim();
    if (at < 0 || field === undefined || column === "") {
      const hint = `write field=column,…; fields are ${fields.join(", ")}`;
      throw new ConfigError("config.invalid", "--map", `--map: cannot use ${JSON.stringify(part)}`, { hint });
    }
    return [field, column] as const;
  });
  return Object.fromEntries(pairs);
}

function parseStatuses(text: string): readonly (readonly [string, string])[] {
  return text.split(/[,，](?=[^,，=]+=)/).map((part) => {
    const at = part.lastIndexOf("=");
    const meaning = STATUS_MEANINGS.find((known) => known === part.slice(at + 1).trim());
    const word = part.slice(0, at).trim();
    if (at < 0 || word === "" || meaning === undefined) {
      const hint = `write word=meaning,…; meanings are ${STATUS_MEANINGS.join(", ")}`;
      throw new ConfigError("config.invalid", "--status", `--status: cannot use ${JSON.stringify(part)}`, { hint });
    }
    return [word, meaning] as const;
  });
}

const DELIMITER_NAMES: Readonly<Record<string, DelimiterName | undefined>> = {
  ",": ",",
  ";": ";",
  "\t": "tab",
  "\\t": "tab",
  tab: "tab",
  "|": "|",
  pipe: "|",
};

function readDelimiter(text: string): DelimiterName | undefined {
  if (text === "auto") return undefined;
  const name = DELIMITER_NAMES[text];
  if (name !== undefined) return name;
  throw new InvalidArgumentError("auto, a comma, a semicolon, tab or pipe is expected.");
}

function readLines(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("a whole number, 0 or more, is expected.");
}
