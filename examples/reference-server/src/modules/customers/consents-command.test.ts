import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { commandLine } from "../../testing/command-line.js";

async function shop() {
  const { run, folder } = await commandLine();
  const people = join(folder, "people.csv");
  await writeFile(people, "customer_key,name\nc1,甲\nc2,乙\n");
  expect((await run("import", "customers", people)).code).toBe(0);
  const file = async (text: string) => {
    const path = join(folder, "consents.csv");
    await writeFile(path, text);
    return path;
  };
  return { run, file };
}

test("consents of a file are recorded once; wrong rows are told of with their lines", async () => {
  const { run, file } = await shop();
  const path = await file(
    [
      "会员号,渠道,是否同意,来源,同意时间",
      "c1,sms,同意,门店表单,2026-01-05 09:30:00",
      "c1,email,否,,",
      "c2,wecom,也许,,",
      "nobody,sms,是,,",
    ].join("\r\n"),
  );
  const done = await run("consents", "import", path, "--json", "--lang", "en");
  expect([done.code, done.answer]).toMatchObject([0, { inserted: 2, unchanged: 0, lines: 4, rejected: { count: 2 } }]);
  expect(done.stderr).toMatch(/consents\.csv:4 status/);
  expect(done.stderr).toMatch(/consents\.csv:5 externalKey/);
  const again = await run(
    "consents",
    "import",
    await file("customer_key,channel,status,source,at\nc1,sms,granted,门店表单,2026-01-05 09:30:00\n"),
    "--json",
  );
  expect(again.answer).toMatchObject({ inserted: 0, unchanged: 1 });
});

test("the channel may be said for all rows, and is asked for where nobody says it", async () => {
  const { run, file } = await shop();
  const path = await file("customer_key,status\nc1,yes\nc2,no\n");
  expect((await run("consents", "import", path)).stderr).toContain("channel");
  expect((await run("consents", "import", path, "--channel", "*", "--json")).answer).toMatchObject({ inserted: 2 });
});
