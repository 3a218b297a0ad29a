import type { ImportResult, TalliedCode } from "@recallkit/import";
import type { CommandContext } from "../../../cli/command.js";
import { rowTexts } from "../row-texts.js";

/** Tells people what an import did, beside the answer. */
export function noteResult({ say, note }: CommandContext, result: ImportResult, rejects: string | null): void {
  const { inserted, updated, unchanged, refused, changed, moved, repeated } = result;
  if (result.dryRun) note(say("试算，没有写入任何数据：", "a dry run, nothing was written:"));
  note(
    say(
      `新增 ${inserted}，更新 ${updated}，不变 ${unchanged}，拒绝 ${refused}`,
      `${inserted} new, ${updated} updated, ${unchanged} unchanged, ${refused} rejected`,
    ),
  );
  const codes = (title: string, list: readonly TalliedCode[]) => {
    for (const { code, path, count, lines } of list) {
      const text = rowTexts[code];
      const what = `${path}${path && " "}${text ? say(text.zh, text.en) : code}`;
      const more = count > lines.length ? "…" : "";
      const where = `${lines.join(", ")}${more}`;
      note(`  ${title} ${count}×  ${what}${say(`（第 ${where} 行）`, ` (lines ${where})`)}`);
    }
  };
  codes(say("拒绝", "rejected"), result.rejected);
  codes(say("丢弃的值", "dropped value"), result.dropped);
  if (result.dropped.some(({ code }) => code === "customer.identity-taken"))
    note(say("    --on-identity-move move|merge 可改变做法", "    --on-identity-move move|merge does otherwise"));
  codes(say("注意", "warning"), result.warnings);
  if (repeated > 0) note(say(`  重复的行 ${repeated}，只算一次`, `  ${repeated} repeated rows count once`));
  if (moved > 0) note(say(`  ${moved} 个地址换了主人`, `  ${moved} addresses went to another person`));
  if (changed.orders > 0) {
    const first = changed.first.join(", ");
    note(
      say(
        `  ${changed.orders} 个已有订单的内容被改变：${first}（--on-change merge|refuse 可改变做法）`,
        `  ${changed.orders} known orders were changed: ${first} (--on-change merge|refuse does otherwise)`,
      ),
    );
  }
  if (rejects !== null)
    note(
      say(`${result.rejectedRows} 行有误，见 ${rejects}`, `${result.rejectedRows} lines were rejected, see ${rejects}`),
    );
}
