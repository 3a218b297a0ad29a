import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { databaseName } from "../config/database-url.js";
import { commandLine } from "../testing/command-line.js";
import { startTestServer } from "../testing/test-server.js";

test("commands work on the database of a running server, which sends what they order", async () => {
  const server = await startTestServer();
  onTestFinished(() => server.close());
  const { run, folder } = await commandLine({ DATABASE_URL: `sqlite:${databaseName(server.context.config.database)}` });
  const file = join(folder, "orders.csv");
  const rows = Array.from({ length: 1200 }, (_, index) => `A${index},c${index},2025-03-01 10:00:00,12.50`);
  await writeFile(file, ["order_no,customer_key,ordered_at,amount", ...rows].join("\n"));

  const imported = await run("import", "orders", file, "--external-userid-prefix", "wm_");
  expect(imported).toMatchObject({ code: 0, answer: { orders: { inserted: 1200 }, customers: { inserted: 1200 } } });

  const { id } = await server.context.kit.rules.create({
    name: "三月客户",
    segment: { everybody: true },
    validFrom: "2020-01-01",
    validTo: "2099-12-31",
    channel: "wecom",
    content: { text: "好久不见 https://shop.example.com/back" },
  });
  const pushed = await run("push", "run", "三月客户", "--wait", "--json");
  expect(pushed).toMatchObject({ code: 0, answer: { rule_id: id, state: "completed", audience: 1200 } });
  const report = await run("report", "三月客户", "--json");
  expect(report.answer).toMatchObject({ pushed: 1200, accepted: 1200 });
});
