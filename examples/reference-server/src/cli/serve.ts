import { Option } from "commander";
import { runServerProcess } from "../server-process.js";
import type { AddCommand } from "./command.js";

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
    .action(
      action(async ({ databaseUrl, io }, { role }: { readonly role: string }) => {
        const database = databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl };
        await runServerProcess(["--role", role], { ...io.env, ...database });
      }),
    );
};
