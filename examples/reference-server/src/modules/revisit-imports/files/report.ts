import { compose } from "@recallkit/http";
import type { FileOutcome } from "../import-file.js";
import { type Finding, MOST_FINDINGS } from "../store.js";
import { revisitImportTexts } from "../texts.js";

/** What is to be told of a file, for programs. */
export function reportJson(outcome: FileOutcome, findings: readonly Finding[]) {
  const { name, kind, state, rows, inserted, updated, unchanged, rejected, dropped, fault } = outcome;
  return {
    file: name,
    kind,
    state,
    counts: { rows, inserted, updated, unchanged, rejected, dropped },
    fault: fault && { code: fault.code, ...fault.params },
    findings: findings.map(({ index, line, rowCode, path, code, isRejected }) => {
      return { index, line, row: rowCode, path, code, rejected: isRejected };
    }),
    ...(findings.length >= MOST_FINDINGS && { more: true }),
  };
}

/** The same for people, in both languages. */
export function reportText(outcome: FileOutcome, findings: readonly Finding[]): string {
  const { name, rows, inserted, updated, unchanged, rejected, dropped, fault } = outcome;
  const { faultMessage } = textBook();
  const words = (code: string, params: NonNullable<typeof fault>["params"] = {}) => {
    const issue = { path: "", code, message: code, params };
    return `${faultMessage(issue, "zh")} / ${faultMessage(issue, "en")}`;
  };
  const place = fault?.params ? `（${fault.params.line} 行 ${fault.params.column} 列 / line, column）` : "";
  return [
    `${name}`,
    `共 ${rows} 行：新增 ${inserted}，更新 ${updated}，未变 ${unchanged}，拒绝 ${rejected}，部分未取 ${dropped}`,
    `${rows} rows: ${inserted} new, ${updated} changed, ${unchanged} unchanged, ${rejected} rejected, ${dropped} taken in part`,
    ...(fault ? [`文件 / file: ${words(fault.code, fault.params)}${place}`] : []),
    "",
    ...findings.map(({ index, line, rowCode, path, code, isRejected }) =>
      [
        `第 ${index + 1} 条（第 ${line} 行）${rowCode}`,
        path,
        `${isRejected ? "拒绝" : "未取"} ${code}`,
        words(code),
      ].join("  "),
    ),
    ...(findings.length >= MOST_FINDINGS ? ["…"] : []),
    "",
  ].join("\n");
}

let book: Pick<ReturnType<typeof compose>["texts"], "faultMessage"> | undefined;

function textBook() {
  book ??= compose([{ name: "revisit-imports", texts: revisitImportTexts }]).texts;
  return book;
}
