import { Command, Option } from "commander";
import { modules } from "../app.js";
import type { Environment } from "../config/environment.js";
import { version } from "../version.js";
import { addBackup } from "./backup.js";
import { type AddCommand, actions, wholeNumber } from "./command.js";
import { addCopy } from "./copy.js";
import { addDemo } from "./demo.js";
import { addDoctor } from "./doctor.js";
import { describeFailure, EXIT, exitCodeOf } from "./failure.js";
import { addGenerate } from "./generate.js";
import { helpDescription, helpTitle, usageFault } from "./help-texts.js";
import { addInfo } from "./info.js";
import type { CliIo, Say } from "./io.js";
import { addMigrate } from "./migrate.js";
import { addServe } from "./serve.js";

/** Commands about the installation as a whole; the others belong to their modules. */
const ownCommands: readonly AddCommand[] = [
  addServe,
  addMigrate,
  addGenerate,
  addCopy,
  addBackup,
  addDemo,
  addDoctor,
  addInfo,
];

/**
 * Runs one command line.
 *
 * @param argv without the names of the runtime and the program
 * @returns the exit code: 0 done, 1 the command could not do its work, 2 wrong usage or configuration, 130 interrupted
 */
export async function runCli(argv: readonly string[], io: CliIo): Promise<number> {
  const say = sayIn(argv, io.env);
  const program = await buildProgram(io, say);
  try {
    await program.parseAsync([...argv], { from: "user" });
    return EXIT.done;
  } catch (error) {
    const line = describeFailure(error, io.signal, say);
    if (line !== undefined) io.stderr.write(`recallkit: ${line}\n`);
    return exitCodeOf(error, io.signal);
  }
}

async function buildProgram(io: CliIo, say: Say): Promise<Command> {
  const parts = { say, action: actions(io, say) };
  const program = new Command("recallkit")
    .description(say("RecallKit：召回沉睡客户", "RecallKit: win lapsed customers back"))
    .version(version, "-V, --version", say("显示版本", "output the version number"))
    .option(
      "--db <url>",
      say(
        "数据库，例如 sqlite:./data/recallkit.db（默认 DATABASE_URL，再默认 ./data）",
        "database, for example sqlite:./data/recallkit.db (default DATABASE_URL, else ./data)",
      ),
    )
    .option("--tenant <id>", say("商户编号", "tenant"), wholeNumber(1, 9_999_999_999), 1)
    .option("--json", say("以一行 JSON 输出结果", "print the answer as one line of JSON"))
    .addOption(
      new Option(
        "--lang <language>",
        say("给人看的文字（默认按终端 LANG，否则 zh）", "texts for people (default: by LANG of the terminal, else zh)"),
      ).choices(["zh", "en"]),
    )
    .addHelpText(
      "afterAll",
      say(
        "\n退出码：0 完成；1 未能完成；2 用法或配置错误；130 被中断。标准输出只有结果，其余都在标准错误。",
        "\nExit codes: 0 done; 1 could not be done; 2 wrong usage or configuration; 130 interrupted. Standard output carries only the answer, everything else goes to standard error.",
      ),
    );
  configure(program, io, say);
  const loaded = await Promise.all(modules.map(async ({ commands }) => (await commands?.())?.commands ?? []));
  for (const add of [...ownCommands, ...loaded.flat()]) add(program, parts);
  for (const command of descendants(program)) configure(command, io, say);
  return program;
}

function configure(command: Command, io: CliIo, say: Say): void {
  command
    .exitOverride()
    .configureHelp({
      showGlobalOptions: true,
      styleTitle: (title) => helpTitle(title, say),
      styleDescriptionText: (text) => helpDescription(text, say),
    })
    .helpOption("-h, --help", say("显示帮助", "display help for command"))
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: (text, write) => write(`recallkit: usage: ${usageFault(text.replace(/^error: /, ""), say)}`),
    });
  if (command.commands.length > 0)
    command.helpCommand("help [command]", say("显示命令的帮助", "display help for command"));
}

function descendants(command: Command): readonly Command[] {
  return command.commands.flatMap((child) => [child, ...descendants(child)]);
}

/**
 * Before commander has read anything, because its own texts are in the language too: `--lang`, else the language of the
 * terminal where it is English, else Chinese.
 */
function sayIn(argv: readonly string[], { LC_ALL, LC_MESSAGES, LANG }: Environment): Say {
  const given = argv.flatMap((word, index) => {
    if (word.startsWith("--lang=")) return [word.slice("--lang=".length)];
    return word === "--lang" ? [argv[index + 1] ?? ""] : [];
  })[0];
  const ofTerminal = [LC_ALL, LC_MESSAGES, LANG].find((locale) => locale?.trim());
  const isEnglish = given === undefined ? /^en([_.@-]|$)/i.test(ofTerminal ?? "") : given === "en";
  return (zh, en) => (isEnglish ? en : zh);
}
