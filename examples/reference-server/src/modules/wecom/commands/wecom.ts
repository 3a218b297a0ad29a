import { Option } from "commander";
import type { AddCommand } from "../../../cli/command.js";
import { type SyncFlags, sync } from "./sync.js";
import { tags } from "./tags.js";
import { whoami } from "./whoami.js";

/** `wecom sync|whoami|tags`: the account of the command's tenant at WeCom. */
export const addWecom: AddCommand = (program, { say, action }) => {
  const wecom = program.command("wecom").description(say("企业微信账号", "the account at WeCom"));
  wecom
    .command("sync")
    .description(
      say(
        "同步客户联系人，写入 external_userid；中断后可继续",
        "bring contacts to customers; goes on where it was broken off",
      ),
    )
    .addOption(
      new Option("--mode <mode>", say("full 全量，incremental 只看新增", "full: all; incremental: new ones only"))
        .choices(["full", "incremental"])
        .default("full"),
    )
    .option("--create", say("把对不上的联系人新建为客户", "add contacts without a customer as new customers"))
    .option("--key-in-remark", say("成员备注就是客户编号", "the member's remark is the import key"))
    .option("--restart", say("从头开始", "begin anew"))
    .option("--unmatched <file>", say("把对不上的联系人写入 CSV", "write contacts without a customer to a CSV file"))
    .action(action((context, flags: SyncFlags) => sync(context, flags)));
  wecom
    .command("whoami")
    .description(say("检查账号能调用什么", "see what the account may call"))
    .action(action((context) => whoami(context)));
  wecom
    .command("tags")
    .description(say("列出企业标签", "list corp tags"))
    .action(action((context) => tags(context)));
};
