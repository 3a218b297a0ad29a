import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { fileOf, memoryKit, rejectsOf } from "../../testing/import-files.js";
import { type ImportCustomersOptions, importCustomers } from "./import-customers.js";

const none = { inserted: 0, updated: 0, unchanged: 0, rejected: 0 };

async function imported(content: string | Uint8Array, options: ImportCustomersOptions = {}, kit = memoryKit()) {
  const answer = await importCustomers(kit, await fileOf(content, "customers.csv"), options);
  const find = async (key: string) => (await kit.stores.customers.findByKeys(1, [key]))[0];
  return { kit, answer, find };
}

const HEADER = "customer_key,name,external_userid,mobile,email,birthday,city";

test("every column is taken, mobiles in E.164", async () => {
  const { answer, find } = await imported(`${HEADER}\nc1,王芳,wm1,138-0013 8000,f@example.com,1990-02-28,上海\n`);
  expect(answer).toEqual({ customers: { ...none, inserted: 1 }, lines: 1, rejects: 0, rejects_file: null });
  expect(await find("c1")).toMatchObject({
    name: "王芳",
    bornOn: "1990-02-28",
    identities: { external_userid: "wm1", mobile: "+8613800138000", email: "f@example.com" },
  });
});

test("any subset of columns does, also packed, and blank cells leave what is known", async () => {
  const { kit, find } = await imported("customer_key,name,mobile\nc1,王芳,+86 138 0013 8000\n");
  const again = await imported(gzipSync("mobile,customer_key,name\n,c1,\n"), {}, kit);
  expect(again.answer.customers).toEqual({ ...none, unchanged: 1 });
  expect(await find("c1")).toMatchObject({ name: "王芳", identities: { mobile: "+8613800138000" } });
});

test("several lines of a customer count once, the later wins, and a repeat is unchanged", async () => {
  const content = `${HEADER}\nc1,王,,,,,\nc2,李,,,,,\nc1,王芳,,,,,苏州\n`;
  const { kit, answer, find } = await imported(content);
  expect(answer).toMatchObject({ customers: { ...none, inserted: 2 }, lines: 3 });
  expect(await find("c1")).toMatchObject({ name: "王芳" });
  expect((await imported(content, {}, kit)).answer.customers).toEqual({ ...none, unchanged: 2 });
});

test("a WeCom id is derived from the key where the file has none", async () => {
  const { find } = await imported("customer_key,external_userid\nc1,\nc2,wo9\n", { externalUserIdPrefix: "wm_" });
  expect((await find("c1"))?.identities).toEqual({ external_userid: "wm_c1" });
  expect((await find("c2"))?.identities).toEqual({ external_userid: "wo9" });
});

test.each([
  ["no key", ",王,,,,,", "customer_key", "customer.missing"],
  ["no phone number", "c1,,,12,,,", "mobile", "mobile.invalid"],
  ["an e-mail without a host", "c1,,,,f@,,", "email", "invalid_format"],
  ["a birthday that does not exist", "c1,,,,,1990-02-30,", "birthday", "custom"],
  ["a cell too much", "c1,,,,,,,x", "", "line.columns"],
])("a line with %s is rejected by itself", async (_, row, path, code) => {
  const { answer } = await imported(`${HEADER}\nc8,,,,,,\n${row}\nc9,,,,,,\n`);
  expect(answer).toMatchObject({ customers: { ...none, inserted: 2, rejected: 1 }, lines: 3, rejects: 1 });
  expect(await rejectsOf(answer)).toMatchObject([{ line: "3", path, code }]);
});

test("an address that is somebody else's is refused", async () => {
  const { answer } = await imported(`${HEADER}\nc1,,wm1,,,,\nc2,,wm1,,,,\n`);
  expect(answer.customers).toEqual({ ...none, inserted: 1, rejected: 1 });
  expect(await rejectsOf(answer)).toMatchObject([{ line: "3", path: "external_userid", customer_key: "c2" }]);
});

test("nothing is taken from a file that breaks at its end, or lacks the key", async () => {
  const kit = memoryKit();
  const packed = gzipSync(`${HEADER}\nc1,,,,,,\n`);
  await expect(imported(packed.subarray(0, packed.length - 4), {}, kit)).rejects.toMatchObject({
    code: "import.damaged-gzip",
  });
  await expect(imported("name\nx\n", {}, kit)).rejects.toMatchObject({ code: "import.column-missing" });
  expect(await kit.audience.count({ segment: { everybody: true } })).toBe(0);
});
