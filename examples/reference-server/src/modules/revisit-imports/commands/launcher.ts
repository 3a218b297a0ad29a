import type { Command } from "commander";
import type { AddCommand, CommandContext } from "../../../cli/command.js";
import type { CliIo, Say } from "../../../cli/io.js";

/** Something that the launcher does: a command line, with questions for what it lacks. */
interface Offer {
  readonly title: string;
  readonly argv: readonly string[];
  /** What is asked for, and appended to the command line, behind its option if it has one. */
  readonly asks?: string;
  readonly option?: string;
}

/** A tab of the document's window. */
interface Tab {
  readonly title: string;
  readonly offers: readonly Offer[];
}

/** `launcher`: a menu over the same commands. */
export const addLauncher: AddCommand = (program, { say, action }) => {
  program
    .command("launcher")
    .description(say("启动器：菜单方式使用常用功能", "a menu over the commands that are used most"))
    .action(action((context) => launch(context, menuOf(program, say))));
};

/** The menu, without what this program has no command for. */
function menuOf(program: Command, say: Say): readonly Tab[] {
  const importFolder = say("导入目录", "import folder");
  const institution = say("机构代码（回车为全部）", "code of the institution (nothing: all)");
  const tabs: readonly Tab[] = [
    {
      title: `🚀 ${say("快速操作", "quick actions")}`,
      offers: [
        { title: `🔍 ${say("系统检查", "system check")}`, argv: ["revisit", "check"] },
        { title: say("环境检查", "environment check"), argv: ["doctor"] },
        { title: say("同步分析、图谱与向量库", "bring projections up to date"), argv: ["projections", "run"] },
      ],
    },
    {
      title: `🗄️ ${say("数据库管理", "databases")}`,
      offers: [
        { title: `🔄 ${say("初始化数据库", "make the databases")}`, argv: ["revisit", "init"] },
        { title: say("插入示例数据", "add sample data"), argv: ["revisit", "init", "--sample-data"] },
        { title: say("表结构状态", "state of the schema"), argv: ["migrate", "status"] },
        { title: say("投影与延迟", "projections and how far they are"), argv: ["projections", "list"] },
      ],
    },
    {
      title: `📥 ${say("数据导入", "import")}`,
      offers: [
        { title: say("初始全量导入", "whole data"), argv: ["revisit", "import", "--initial"], asks: importFolder },
        {
          title: say("增量数据导入", "pending files"),
          argv: ["revisit", "import", "--incremental"],
          asks: importFolder,
        },
      ],
    },
    {
      title: `🎂 ${say("生日回访", "birthday revisits")}`,
      offers: [
        { title: say("预览", "preview"), argv: ["revisit", "preview"], asks: institution, option: "--institution" },
        { title: say("运行生日回访", "run"), argv: ["revisit", "run"], asks: institution, option: "--institution" },
        {
          title: say("测试模式运行", "run in test mode"),
          argv: ["revisit", "run", "--test"],
          asks: institution,
          option: "--institution",
        },
        {
          title: say("列出待审话术", "list texts that wait"),
          argv: ["revisit", "approve"],
          asks: say("机构代码", "code of the institution"),
          option: "--institution",
        },
      ],
    },
    {
      title: `🌐 ${say("API 服务", "API server")}`,
      offers: [{ title: say("启动 API 服务", "start the API server"), argv: ["serve"] }],
    },
  ];
  return tabs.map(({ title, offers }) => ({ title, offers: offers.filter(({ argv }) => isKnown(program, argv)) }));
}

function isKnown(program: Command, argv: readonly string[]): boolean {
  let at: Command | undefined = program;
  for (const word of argv.filter((one) => !one.startsWith("-"))) {
    at = at?.commands.find((one) => one.name() === word);
    if (!at) return false;
  }
  return true;
}

async function launch(context: CommandContext, tabs: readonly Tab[]): Promise<void> {
  const { io, say, isJson } = context;
  const lines = io.stdout.isTTY && !isJson ? linesOf(io) : undefined;
  const told = tabs.map(({ title, offers }) => {
    return { title, offers: offers.map((one) => ({ title: one.title, command: commandOf(one) })) };
  });
  if (!lines) {
    // Nobody can choose: what could be chosen is the answer.
    context.answer({ tabs: told }, () =>
      told
        .flatMap(({ title, offers }) => [title, ...offers.map((one) => `  ${one.title}  recallkit ${one.command}`)])
        .join("\n"),
    );
    return;
  }
  const offers = tabs.flatMap((tab) => tab.offers);
  for (;;) {
    io.stdout.write(`\n${menuText(tabs, say)}`);
    const choice = (await nextLine(lines))?.trim();
    if (choice === undefined || choice === "" || choice === "0") return;
    const offer = offers[Number(choice) - 1];
    if (!offer) {
      io.stdout.write(`${say("没有这一项", "there is no such entry")}\n`);
      continue;
    }
    const extra: string[] = [];
    if (offer.asks !== undefined) {
      io.stdout.write(`${offer.asks}: `);
      const said = (await nextLine(lines))?.trim() ?? "";
      if (said !== "") extra.push(...(offer.option === undefined ? [] : [offer.option]), said);
    }
    await runNested(context, [...offer.argv, ...extra]);
    if (io.signal.aborted) return;
  }
}

function menuText(tabs: readonly Tab[], say: Say): string {
  let number = 0;
  const lines = tabs.flatMap(({ title, offers }) => [
    title,
    ...offers.map((one) => `  ${String(++number).padStart(2)}  ${one.title}`),
  ]);
  return `${lines.join("\n")}\n   0  ${say("退出", "leave")}\n> `;
}

function commandOf({ argv, asks }: Offer): string {
  return `${argv.join(" ")}${asks === undefined ? "" : " …"}`;
}

/** The same command line as anybody's, in this process. */
async function runNested({ io, databaseUrl, tenantId, say }: CommandContext, argv: readonly string[]): Promise<void> {
  const { runCli } = await import("../../../cli/run-cli.js");
  const globals = ["--tenant", String(tenantId), "--lang", say("zh", "en")];
  await runCli([...globals, ...(databaseUrl === undefined ? [] : ["--db", databaseUrl]), ...argv], io);
}

function linesOf({ stdin }: CliIo): AsyncIterator<string> | undefined {
  return stdin && read(stdin);
}

async function nextLine(lines: AsyncIterator<string>): Promise<string | undefined> {
  const { value, done } = await lines.next();
  return done ? undefined : value;
}

async function* read(stdin: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const piece of stdin) {
    const parts = (rest + decoder.decode(piece, { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    yield* parts;
  }
  if (rest !== "") yield rest;
}
