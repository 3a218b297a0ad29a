import { ConfigError, RecallKitError } from "@recallkit/core";
import { faultsInChinese } from "./config/chinese-faults.js";

/** What to do about a start that failed, in Chinese, by code; the first part of a code stands for all that have none of their own. */
const IN_CHINESE: Readonly<Record<string, string>> = {
  config: "配置有误：请修改后再启动",
  "config.missing": "缺少配置或依赖包：请按上面的提示补上后再启动",
  storage: "数据库不可用：请按上面的提示处理后再启动",
  "storage.schema-newer": "数据库结构比本程序新：请使用更新的版本，或恢复备份",
  "storage.schema-changed": "数据库结构与本程序不符：请检查是否有人手工修改过，或恢复备份",
  "server.clock-differs": "本机时钟与数据库时钟相差过大：请用 NTP 校时后再启动",
  queue: "RabbitMQ 不可用：请按上面的提示处理后再启动",
};
const OTHERS = "启动失败：请按上面的提示处理后再启动";

/** Why a server did not start, for people: code and sentence, what to do, and both in Chinese; never a stack. */
export function startFault(error: unknown): string {
  const { code, message, hint } = told(error);
  const chinese = IN_CHINESE[code] ?? IN_CHINESE[code.split(".", 1)[0] ?? ""] ?? OTHERS;
  const faults = ConfigError.is(error) ? faultsInChinese(message) : message;
  const details = faults === message ? "" : `  ${faults.replace(/^环境变量有误\n {2}/, "")}\n`;
  return `recallkit: ${code}: ${message}\n${hint === undefined ? "" : `  ${hint}\n`}  ${chinese}\n${details}`;
}

function told(error: unknown): { readonly code: string; readonly message: string; readonly hint?: string | undefined } {
  if (RecallKitError.is(error)) return error;
  const text = error instanceof Error ? error.message : String(error);
  const hint = "this is no fault that RecallKit knows; report it with what `recallkit info` prints";
  return { code: "bug", message: text.split("\n", 1)[0] ?? "", hint };
}
