import { Option } from "commander";
import { runServerProcess } from "../server-process.js";
import type { AddCommand } from "./command.js";

interface ServeOptions {
  readonly role: string;
  readonly reconcileFirst?: boolean;
}

/** `serve`: from here on the process is the server. */
export const addServe: AddCommand = (program, { say, action }) => {
  program
    .command("serve")
    .description(say("启动服务", "start the server"))
    .addOption(
      new Option("--role <role>", say("进程角色", "what the process does"))
        .choices(["all", "api", "worker", "scheduler"])
        .default("all"),
    )
    .option(
      "--reconcile-first",
      say("数据库恢复自备份：先核对再发送", "the database was restored from a backup: look up before sending"),
    )
    .action(
      action(async ({ databaseUrl, io }, { role, reconcileFirst }: ServeOptions) => {
        const database = databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl };
        await runServerProcess(["--role", role, ...(reconcileFirst ? ["--reconcile-first"] : [])], {
          ...io.env,
          ...database,
        });
      }),
    );
};
