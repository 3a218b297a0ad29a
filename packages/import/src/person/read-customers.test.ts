import { expect, test } from "vitest";
import { tableOf } from "../testing/table-of.js";
import { readCustomers } from "./read-customers.js";

const context = { zone: "Asia/Shanghai", currency: "CNY" };

async function inputs(columns: Readonly<Record<string, string>>, rows: readonly (readonly string[])[], now?: number) {
  const table = tableOf(Object.values(columns), rows);
  const reading = await readCustomers(table, { version: 1, kind: "customers", columns }, { ...context, now });
  const taken = [];
  for await (const item of reading.items()) {
    if (item.kind === "taken") taken.push([item.row.input, item.dropped.map(({ code }) => code)]);
  }
  return taken;
}

test("nobody is born after the day of the reading", async () => {
  const columns = { customer_key: "key", birthday: "生日" };
  const now = Date.UTC(2026, 0, 5, 17);
  expect(
    await inputs(
      columns,
      [
        ["a", "2026-01-06"],
        ["b", "2026-01-07"],
      ],
      now,
    ),
  ).toEqual([
    [{ externalKey: "a", bornOn: "2026-01-06" }, []],
    [{ externalKey: "b" }, ["birthday.invalid"]],
  ]);
});

test("a name of two columns is put together as its language does", async () => {
  const columns = { customer_key: "key", given_name: "First Name", family_name: "Last Name" };
  const names = (
    await inputs(columns, [
      ["a", "Amy", "Li"],
      ["b", "伟", "张"],
      ["c", "", "Ng"],
    ])
  ).map(([input]) => (input as { name: string }).name);
  expect(names).toEqual(["Amy Li", "张伟", "Ng"]);
});

test("a time zone is an IANA one, and another one is dropped", async () => {
  const columns = { customer_key: "key", time_zone: "所在时区" };
  const rows = ["Asia/Urumqi", "America/New_York", "UTC+8", "北京时间", "NULL"].map((zone, at) => [`k${at}`, zone]);
  expect(await inputs(columns, rows)).toEqual([
    [{ externalKey: "k0", timeZone: "Asia/Urumqi" }, []],
    [{ externalKey: "k1", timeZone: "America/New_York" }, []],
    [{ externalKey: "k2" }, ["time-zone.invalid"]],
    [{ externalKey: "k3" }, ["time-zone.invalid"]],
    [{ externalKey: "k4" }, []],
  ]);
});
