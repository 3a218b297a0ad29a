import { readFileSync } from "node:fs";
import type { SegmentInput, TenantKit } from "@recallkit/core";
import type { SavedSegment } from "@recallkit/core/ports";
import { InvalidArgumentError } from "commander";
import { type AddCommand, type CommandContext, refusal, wholeNumber } from "../../../cli/command.js";
import { withExisting } from "../../../cli/database.js";
import { alignedTable } from "../../../cli/table.js";

interface Flags {
  readonly segment?: SegmentInput;
  readonly id?: number;
}

interface SaveFlags extends Flags {
  readonly description?: string;
  readonly revision?: number;
}

/** `segment validate|preview|explain|save|list|show`. */
export const addSegment: AddCommand = (program, { say, action }) => {
  const number = wholeNumber(1, 2_147_483_647);
  const json = say("筛选条件：JSON 文本或 JSON 文件名", "a segment: JSON, or the name of a file with it");
  const id = say("已保存人群的编号", "id of a saved segment");
  const segment = program.command("segment").description(say("已保存的人群", "saved segments"));
  segment
    .command("validate")
    .argument("<json>", json, readSegment)
    .description(say("检查筛选条件，列出所有错误与不认识的内容", "check a segment: every fault, and what nobody knows"))
    .action(action((context, given: SegmentInput) => validate(context, given)));
  segment
    .command("preview")
    .option("--segment <json>", json, readSegment)
    .option("--id <id>", id, number)
    .description(say("每一步之后剩下的人数", "people left after each question"))
    .action(action((context, flags: Flags) => preview(context, flags)));
  segment
    .command("explain")
    .argument("<key>", say("客户导入编号", "import key of a customer"))
    .option("--segment <json>", json, readSegment)
    .option("--id <id>", id, number)
    .description(say("某位客户为什么在内或不在内", "why a customer is in or out"))
    .action(action((context, key: string, flags: Flags) => explain(context, key, flags)));
  segment
    .command("save")
    .argument("<name>", say("名称", "its name"))
    .requiredOption("--segment <json>", json, readSegment)
    .option("--id <id>", say("修改已有的人群", "edit the one of this id"), number)
    .option("--description <text>", say("说明", "what it is for"))
    .option("--revision <n>", say("只在仍是这个修订时修改", "edit it only while this is its revision"), number)
    .description(say("保存人群", "save a segment"))
    .action(action((context, name: string, flags: SaveFlags) => save(context, name, flags)));
  segment
    .command("list")
    .option("--archived", say("已归档的", "those that are archived"))
    .description(say("列出已保存的人群", "list saved segments"))
    .action(action((context, flags: { readonly archived?: boolean }) => list(context, flags)));
  segment
    .command("show")
    .argument("<id>", id, number)
    .description(say("定义、使用者与每日人数", "its definition, who uses it, and its sizes"))
    .action(action((context, one: number) => show(context, one)));
};

/** The SDK says what is wrong with it. */
function readSegment(text: string): SegmentInput {
  try {
    return JSON.parse(text.trimStart().startsWith("{") ? text : readFileSync(text, "utf8"));
  } catch (error) {
    throw new InvalidArgumentError(error instanceof SyntaxError ? "JSON is expected." : "there is no such file.");
  }
}

async function validate(context: CommandContext, given: SegmentInput): Promise<void> {
  await withExisting(context, async (kit) => {
    const { issues, warnings } = await kit.segments.validate(given);
    for (const { path, message } of issues) context.note(`${path}: ${message}`);
    for (const { message } of warnings) context.note(message);
    const valid = issues.length === 0;
    context.answer({ valid, issues, warnings }, () =>
      valid ? context.say("可以保存", "it can be saved") : context.say("有错误", "it has faults"),
    );
    if (!valid) throw refusal("input.invalid", context.say("筛选条件有错误", "the segment has faults"));
  });
}

async function preview(context: CommandContext, flags: Flags): Promise<void> {
  await withExisting(context, async (kit) => {
    const how = { people: 0 };
    const { count, steps, warnings } = await whicheverOf(
      context,
      flags,
      (segment) => kit.audience.preview({ segment }, how),
      (id) => kit.segments.preview(id, how),
    );
    const told = warnings.filter(({ code }) => code !== "channel.missing");
    for (const { message } of told) context.note(message);
    context.answer({ count, steps, warnings: told }, () =>
      alignedTable([
        [context.say("人数", "people"), String(count)],
        ...steps.map((step) => [`  ${step.name}`, String(step.count)]),
      ]),
    );
  });
}

async function explain(context: CommandContext, externalKey: string, flags: Flags): Promise<void> {
  await withExisting(context, async (kit) => {
    const explanation = await whicheverOf(
      context,
      flags,
      (segment) => kit.audience.explain({ segment }, { externalKey }),
      (id) => kit.segments.explain(id, { externalKey }),
    );
    context.answer(explanation, () =>
      alignedTable([
        [explanation.included ? context.say("在内", "in") : context.say("不在内", "out"), "", ""],
        ...explanation.checks.map(({ name, passed, detail, path }) => [
          passed ? "✓" : "✗",
          path === undefined ? name : `${path} ${name}`,
          detail,
        ]),
      ]),
    );
  });
}

/** @throws what a command is refused with: neither or both are given */
async function whicheverOf<T>(
  context: CommandContext,
  { segment, id }: Flags,
  ofSegment: (segment: SegmentInput) => Promise<T>,
  ofId: (id: number) => Promise<T>,
): Promise<T> {
  if (segment !== undefined && id === undefined) return ofSegment(segment);
  if (id !== undefined && segment === undefined) return ofId(id);
  throw refusal(
    "input.invalid",
    context.say("--segment 和 --id 须填写其中一项", "one of --segment and --id is needed"),
  );
}

async function save(context: CommandContext, name: string, flags: SaveFlags): Promise<void> {
  const { segment = {}, id, description, revision } = flags;
  await withExisting(context, async (kit) => {
    const input = { name, description, segment };
    const saved =
      id === undefined ? await kit.segments.create(input) : await kit.segments.update(id, input, { revision });
    context.answer(shapeOf(saved), () =>
      context.say(
        `已保存人群 ${saved.id}（修订 ${saved.revision}）`,
        `saved segment ${saved.id}, revision ${saved.revision}`,
      ),
    );
  });
}

async function list(context: CommandContext, { archived }: { readonly archived?: boolean }): Promise<void> {
  await withExisting(context, async (kit) => {
    const rows: SavedSegment[] = [];
    for await (const one of kit.segments.all({ archived })) rows.push(one);
    context.answer(rows.map(shapeOf), () =>
      alignedTable(rows.map(({ id, name, revision }) => [String(id), name, String(revision)])),
    );
  });
}

async function show(context: CommandContext, id: number): Promise<void> {
  await withExisting(context, async (kit: TenantKit) => {
    const saved = await kit.segments.get(id);
    const users = await kit.segments.users(id);
    const sizes = await kit.segments.sizes(id);
    context.answer({ ...shapeOf(saved), used_by: users, sizes }, () =>
      [
        `${saved.id} ${saved.name}`,
        JSON.stringify(saved.segment, undefined, 2),
        ...[...users.rules, ...users.segments].map((user) => `← ${user.name}`),
        alignedTable(sizes.slice(-30).map(({ day, people }) => [day, String(people)])),
      ].join("\n"),
    );
  });
}

function shapeOf({ id, name, description, segment, revision, createdAt, updatedAt, archivedAt }: SavedSegment) {
  return {
    ...{ id, name, description, segment, revision },
    ...{ created_at: createdAt, updated_at: updatedAt, archived_at: archivedAt },
  };
}
