import { mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { gatherOrders, type KeyedRow } from "./gather-orders.js";
import { MAX_ORDER_ROWS } from "./order-rows.js";
import { returningKeys } from "./returning-keys.js";
import { openSpill } from "./spill.js";

async function* rowsOf(keys: readonly string[]): AsyncGenerator<KeyedRow> {
  for (const [at, key] of keys.entries()) yield { key, row: { file: 0, line: at + 2, cells: [key, `item ${at}`] } };
}

function countdownOf(keys: readonly string[]) {
  const returning = returningKeys();
  keys.forEach((key, at) => {
    if (key !== keys[at - 1]) returning.see(key);
  });
  return returning.countdown();
}

async function gathered(keys: readonly string[], options: { heldLimit?: number; scratchFolder?: string } = {}) {
  const orders = [];
  for await (const { key, runs, isTooLong } of gatherOrders(rowsOf(keys), { countdown: countdownOf(keys), ...options }))
    orders.push({ key, lines: runs.map(({ rows }) => rows.map(({ line }) => line)), isTooLong });
  return orders;
}

test("an order flows through once its last row was seen, wherever its rows stand", async () => {
  expect(await gathered(["a", "a", "b", "c", "b", "d", "b"])).toEqual([
    { key: "a", lines: [[2, 3]], isTooLong: false },
    { key: "c", lines: [[5]], isTooLong: false },
    { key: "d", lines: [[7]], isTooLong: false },
    { key: "b", lines: [[4], [6], [8]], isTooLong: false },
  ]);
});

test("rows that are too many for memory wait on disk, and nothing is left there", async () => {
  const folder = await mkdtemp(join(tmpdir(), "recallkit-test-"));
  try {
    const keys = Array.from({ length: 3000 }, (_, at) => `k${(at * 7919) % 1000}`);
    const inMemory = await gathered(keys);
    const onDisk = await gathered(keys, { heldLimit: 5000, scratchFolder: folder });
    const sorted = (orders: typeof inMemory) => orders.toSorted((a, b) => a.key.localeCompare(b.key));
    expect(sorted(onDisk)).toEqual(sorted(inMemory));
    expect(onDisk).toHaveLength(1000);
    expect(await readdir(folder)).toEqual([]);
    for await (const _ of gatherOrders(rowsOf(keys), {
      countdown: countdownOf(keys),
      heldLimit: 0,
      scratchFolder: folder,
    }))
      break;
    expect(await readdir(folder)).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a full disk where rows would wait is told in one sentence", async () => {
  const folder = await mkdtemp(join(tmpdir(), "recallkit-test-"));
  try {
    const spill = await openSpill(folder);
    const [own = ""] = await readdir(folder);
    for (let part = 0; part < 128; part += 1) await symlink("/dev/full", join(folder, own, `${part}.ndjson`));
    const row = { file: 0, line: 2, cells: ["x".repeat(70_000)] };
    await expect(spill.add("k", { file: 0, rows: [row] })).rejects.toMatchObject({
      code: "import.disk-full",
      message: expect.stringContaining(folder),
      hint: expect.stringContaining("make room"),
    });
    await spill.remove();
    expect(await readdir(folder)).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("an order of too many rows comes in marked parts", async () => {
  const parts = await gathered([...Array(MAX_ORDER_ROWS + 5).fill("a"), "b"]);
  expect(parts.map(({ key, lines, isTooLong }) => [key, lines[0]?.length, isTooLong])).toEqual([
    ["a", MAX_ORDER_ROWS, true],
    ["a", 5, true],
    ["b", 1, false],
  ]);
});

test("no key that returns is missed among many", () => {
  const returning = returningKeys();
  const keys = Array.from({ length: 200_000 }, (_, at) => `20260105${at}`);
  const wrong = keys.filter((key) => returning.see(key)).length;
  expect(wrong).toBeLessThan(2000);
  const again = keys.filter((_, at) => at % 3 === 0);
  expect(again.every((key) => returning.see(key))).toBe(true);
  const countdown = returning.countdown();
  expect(again.every((key) => (countdown.left(key) ?? 0) >= 1)).toBe(true);
});
