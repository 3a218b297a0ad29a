import { ConfigError, InputError, type RecallKitError } from "@recallkit/core";
import { compose, type TextBook } from "@recallkit/http";
import { modules } from "../app.js";
import { faultsInChinese } from "../config/chinese-faults.js";

/** What commands say beside the texts of routes. */
const OWN: Readonly<Record<string, string>> = {
  "doctor.missing": "环境尚未就绪，见上表",
  "erasure.unconfirmed": "删除身份信息不可恢复，请加 --yes 确认",
  "evidence.changed": "证据已被改动",
  "import.nothing-taken": "文件中没有一行可以导入",
  "merge.unconfirmed": "合并不可撤销，请加 --yes 确认",
  "push.not-finished": "推送尚未结束，请确认服务在运行",
  "rebuild.no-backup": "没有备份，不能重建",
  "rebuild.refused": "生产环境不允许这样做",
  "rebuild.unconfirmed": "重建会清空数据，请加 --yes 确认",
  "revisit.run-failed": "有运行失败，见上",
  "storage.schema-outdated": "数据库的表结构不是当前版本，请先运行 recallkit migrate up",
  "storage.unavailable": "无法连接数据库，请检查地址与服务",
  "storage.busy": "数据库繁忙，请稍后重试",
  "tenant.not-found": "没有这个商户编号，请检查 --tenant",
};

const HAN = /\p{Script=Han}/u;
let book: TextBook | undefined;

/** What ended a command, in Chinese: what it says itself in Chinese, else the text of its code. */
export function chineseOf(error: RecallKitError): string {
  book ??= compose(modules).texts;
  const texts = book;
  if (InputError.is(error)) {
    return error.issues
      .map((issue) => {
        const message = HAN.test(issue.message) ? issue.message : texts.faultMessage(issue, "zh");
        return `${issue.path || "输入"} ${message}`;
      })
      .join("；");
  }
  const hint = error.hint === undefined ? "" : `（${error.hint}）`;
  if (HAN.test(error.message)) return `${error.message}${hint}`;
  if (ConfigError.is(error)) {
    const state = error.code === "config.missing" ? "缺失" : "不可用";
    const faults = faultsInChinese(error.message);
    if (faults !== error.message) return `${faults}${hint}`;
    return `设置 ${error.option} ${state}（${error.message}）${hint}`;
  }
  if (error.code === "storage.unavailable" && /disk .*is full/.test(hint))
    return "数据库所在的磁盘已满，请腾出空间后重新运行；之前已完成的保留不变";
  const text = OWN[error.code] ?? texts.textsOf(error.code)?.zh;
  if (text === undefined) return `${error.message}${hint}`;
  // What is wrong with a file stands in the message alone: its name, its line.
  const isAboutFile = /^(import|revisit-import|storage)\./.test(error.code);
  return `${text}${isAboutFile ? `（${error.message}）` : ""}${hint}`;
}
