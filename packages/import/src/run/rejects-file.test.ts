import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cellsOf, testFolder } from "../test-files.js";
import { rejectsFile } from "./rejects-file.js";

const row = (line: number, ...cells: string[]) => ({
  file: 0,
  line,
  cells,
  path: "mobile",
  code: "mobile.invalid",
  message: "is no mobile number",
});

test("is a file for Excel with the file's own columns first, and can be imported again", async () => {
  const folder = testFolder();
  const path = join(folder, "a.rejects.csv");
  const file = rejectsFile(path, { textOf: ({ code }) => (code === "mobile.invalid" ? "不是手机号" : "") });
  await file.begin(["key", "手机"]);
  await file.add(row(2, "=HYPERLINK(1)", 'x "y", z', "more"));
  await file.add(row(3, "-5", "+86 138 0013 8000"));
  expect(existsSync(path)).toBe(false);
  await file.close();
  expect(readFileSync(path, "utf8")).toBe(
    [
      "\ufeffkey,手机,reject_line,reject_path,reject_code,reject_message",
      '\'=HYPERLINK(1),"x ""y"", z,more",2,mobile,mobile.invalid,不是手机号',
      "-5,+86 138 0013 8000,3,mobile,mobile.invalid,不是手机号",
      "",
    ].join("\r\n"),
  );
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(["a.rejects.csv"]);
  expect((await cellsOf(path))[1]?.slice(0, 2)).toEqual(["-5", "+86 138 0013 8000"]);
});

test("goes away when nothing was rejected, and only if it is one", async () => {
  const path = join(testFolder(), "a.rejects.csv");
  for (const rows of [1, 0]) {
    const file = rejectsFile(path);
    await file.begin(["key"]);
    if (rows > 0) await file.add(row(2, "x"));
    await file.close();
    expect(existsSync(path)).toBe(rows > 0);
  }
  writeFileSync(path, "key\nmine\n");
  const file = rejectsFile(path);
  await file.begin(["key"]);
  await file.close();
  expect(readFileSync(path, "utf8")).toBe("key\nmine\n");
});

test("an import that fails leaves what was there; a folder that takes no files is named", async () => {
  const folder = testFolder();
  const file = rejectsFile(join(folder, "a.csv"));
  await file.begin(["key"]);
  await file.add(row(2, "x"));
  await file.discard();
  expect(readdirSync(folder)).toEqual([]);
  const nowhere = rejectsFile(join(folder, "no", "a.csv"));
  await nowhere.begin(["key"]);
  await expect(nowhere.add(row(2, "x"))).rejects.toMatchObject({ code: "import.rejects-unwritable" });
});
