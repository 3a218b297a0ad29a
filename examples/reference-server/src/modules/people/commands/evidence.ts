import { readFile, writeFile } from "node:fs/promises";
import { ConfigError, InputError, systemClock } from "@recallkit/core";
import { evidenceText, verifyEvidence } from "@recallkit/core/evidence";
import { type AddCommand, type CommandContext, refusal, wholeNumber } from "../../../cli/command.js";
import { withExisting } from "../../../cli/database.js";
import { noteChange } from "../../../cli/server-context.js";
import { evidencePage } from "../evidence-page.js";

interface TakeFlags {
  readonly person?: string;
  readonly occurrence?: number;
  readonly out?: string;
  readonly html?: boolean;
}

/** `evidence --person KEY --occurrence ID` and `evidence verify FILE`. */
export const addEvidence: AddCommand = (program, { say, action }) => {
  const evidence = program
    .command("evidence")
    .description(say("一次推送对一个人的证据：导出、核对", "evidence of a push to a person: take it, check it"))
    .option("--person <key>", say("客户导入键", "import key of the person"))
    .option("--occurrence <id>", say("触发编号", "id of the occurrence"), wholeNumber(1, 9_999_999_999))
    .option("--out <file>", say("写入文件，否则打印", "write to a file instead of printing"))
    .option("--html", say("可打印的页面", "a page to be printed"))
    .action(action((context, flags: TakeFlags) => take(context, flags)));
  evidence
    .command("verify")
    .description(say("核对一份证据是否被改动", "check whether evidence was changed"))
    .argument("<file>", say("证据文件", "file with the evidence"))
    .option("--head <hash>", say("审计记录中的末条哈希", "hash of the last entry, from the audit log"))
    .action(action((context, file: string, flags: { readonly head?: string }) => verify(context, file, flags.head)));
};

async function take(context: CommandContext, { person, occurrence, out, html }: TakeFlags): Promise<void> {
  if (person === undefined || occurrence === undefined) {
    const message = context.say("必须同时给出", "are needed both");
    throw new InputError([{ path: "--person, --occurrence", code: "input.invalid", message }]);
  }
  await withExisting(context, async (kit, { stores }) => {
    const pack = await kit.people.evidence(person, occurrence);
    await noteChange(context, { stores, clock: systemClock }, "evidence.export", pack.head);
    const text = html ? evidencePage(pack, context.say("zh", "en") === "en" ? "en" : "zh") : evidenceText(pack);
    if (out === undefined) {
      context.io.stdout.write(text);
      return;
    }
    await writeFile(out, text, { mode: 0o600 });
    context.answer({ file: out, entries: pack.entries.length, head: pack.head }, () =>
      context.say(
        `已写入 ${out}，${pack.entries.length} 条，末条哈希 ${pack.head}`,
        `written to ${out}: ${pack.entries.length} entries, last hash ${pack.head}`,
      ),
    );
  });
}

async function verify(context: CommandContext, file: string, head: string | undefined): Promise<void> {
  const { say } = context;
  const bytes = await readFile(file).catch(() => {
    throw new ConfigError("config.invalid", "file", say(`无法读取 ${file}`, `${file} can't be read`));
  });
  const verdict = verifyEvidence(bytes, { head });
  if (verdict.kind === "intact") {
    const { entries, head: last } = verdict.pack;
    context.answer({ intact: true, entries: entries.length, head: last }, () =>
      say(`未被改动：${entries.length} 条，末条哈希 ${last}`, `intact: ${entries.length} entries, last hash ${last}`),
    );
    return;
  }
  const { what, entry } = verdict;
  const where = {
    form: say("不是一份证据", "it is no evidence"),
    entry: say(`第 ${entry} 条与哈希不符`, `entry ${entry} is not what its hash says`),
    head: say("末条哈希不符", "the last hash is another one"),
    bytes: say("字节与规范写法不符", "its bytes are not the canonical ones"),
  }[what];
  context.answer({ intact: false, what, entry }, () => say(`已被改动：${where}`, `changed: ${where}`));
  throw refusal("evidence.changed", where);
}
