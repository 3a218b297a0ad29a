import type { Inspection, OpenTable } from "@recallkit/import";
import type { Say } from "../../../cli/io.js";
import { columnQuestion } from "./import-questions.js";

/** What was understood of a file, for people. */
export function inspectionText(say: Say, table: OpenTable, found: Inspection, written: string | undefined): string {
  const { mapping, preset, columns, unused, missing, rows, judgement, statuses, questions, samples } = found;
  const reasons = {
    name: say("按列名", "by its name"),
    address: say("没有客户键，以此为键", "people's key, for want of one"),
    preset: say("按格式", "by its layout"),
    told: say("已指定", "as told"),
  };
  const lines = [
    say(`文件：${table.name}（${facts(table)}）`, `file: ${table.name} (${facts(table)})`),
    say(
      `表头：第 ${table.header.line} 行；数据 ${rows} 行；内容：${mapping.kind}${preset ? `，格式 ${preset}` : ""}`,
      `header: line ${table.header.line}; ${rows} rows; kind: ${mapping.kind}${preset ? `, layout ${preset}` : ""}`,
    ),
    say("列：", "columns:"),
    ...columns.map(({ field, column, reason, others }) => {
      const more =
        others.length > 0 ? say(`；也可能是 ${others.join("、")}`, `; ${others.join(", ")} could be meant, too`) : "";
      return `  ${column} → ${field}（${reasons[reason]}${more}）`;
    }),
  ];
  if (unused.length > 0) lines.push(say(`未使用的列：${unused.join("、")}`, `unused columns: ${unused.join(", ")}`));
  if (missing.length > 0)
    lines.push(
      say(
        `缺少：${missing.join("、")}（用 --map 字段=列名）`,
        `missing: ${missing.join(", ")} (say --map field=column)`,
      ),
    );
  if (judgement) {
    const isOpen = questions.some(({ path }) => path === "dateFormat");
    const dates = isOpen ? say("？", "?") : String(judgement.dateOrder.ordered_at.long);
    lines.push(
      say(
        `日期：${dates}；小数点：${judgement.decimal.amount}；金额属于：${judgement.amountLevel.level ?? "？"}`,
        `dates: ${dates}; decimal mark: ${judgement.decimal.amount}; amount of the: ${judgement.amountLevel.level ?? "?"}`,
      ),
    );
    const unreadable = Object.entries(judgement.unreadable).filter(([, count]) => count > 0);
    for (const [field, count] of unreadable)
      lines.push(say(`  ${field} 有 ${count} 格无法读取`, `  ${count} cells of ${field} cannot be read`));
  }
  if (statuses.length > 0) lines.push(say("状态：", "statuses:"));
  for (const { word, count, meaning } of statuses)
    lines.push(`  ${word} ×${count} → ${meaning ?? say("未知", "unknown")}`);
  for (const { code, count, lines: where } of table.warnings) lines.push(`${code} ${count}×（${where.join(", ")}）`);
  lines.push(
    say("样例：", "samples:"),
    ...samples.slice(0, 3).map((sample) => `  ${Object.values(sample).join(" | ")}`),
  );
  for (const question of questions) {
    const { question: text, answer } = columnQuestion(question, say);
    lines.push(`？ ${text}${answer === undefined ? "" : ` → ${answer}`}`);
  }
  if (written !== undefined) lines.push(say(`对应关系已写入 ${written}`, `mapping written to ${written}`));
  return lines.join("\n");
}

function facts({ format, packed, encoding, delimiter, sheet }: OpenTable): string {
  return [format, packed, encoding, delimiter, sheet].filter((fact) => fact !== undefined).join(" ");
}
