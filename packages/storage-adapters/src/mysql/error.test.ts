import { StorageError } from "@recallkit/core";
import { expect, test } from "vitest";
import { toStorageError } from "./error.js";

test.each([
  [1205, { code: "storage.busy", retryable: true }],
  [1213, { code: "storage.busy", retryable: true }],
  [1020, { code: "storage.busy", retryable: true }],
  [1021, { code: "storage.unavailable", retryable: true, hint: expect.stringContaining("disk") }],
  [1040, { code: "storage.unavailable", retryable: true, hint: expect.stringContaining("connections") }],
  [1045, { code: "storage.unavailable", retryable: false, hint: expect.stringContaining("password") }],
  [1153, { code: "storage.unavailable", retryable: false, hint: expect.stringContaining("max_allowed_packet") }],
  [1290, { code: "storage.unavailable", retryable: false, hint: expect.stringContaining("read-only") }],
  [1927, { code: "storage.unavailable", retryable: true }],
  [1050, { code: "storage.constraint", kind: "exists" }],
  [1452, { code: "storage.constraint", kind: "foreign-key" }],
  [4025, { code: "storage.constraint", kind: "check" }],
  [1146, { code: "storage.failed", retryable: false }],
  [1064, { code: "storage.failed", retryable: false }],
])("the driver's %i is told as what to do", (errno, expected) => {
  expect(toStorageError(Object.assign(new Error("driver"), { errno }))).toMatchObject(expected);
});

test.each([
  ["MariaDB", "Duplicate entry '1-13800138000' for key 'rk_labels_key'"],
  ["MySQL 8", "Duplicate entry '1-13800138000' for key 'rk_labels.rk_labels_key'"],
])("a taken key of %s is named without its value", (_engine, text) => {
  const error = toStorageError(Object.assign(new Error(text), { errno: 1062 }));
  expect(error).toMatchObject({ code: "storage.constraint", kind: "unique" });
  expect(error.message).not.toContain("138");
});

test("a connection that died without a number is the server being away, and our own errors pass", () => {
  for (const error of [
    Object.assign(new Error("x"), { code: "ECONNREFUSED" }),
    Object.assign(new Error("x"), { code: "PROTOCOL_CONNECTION_LOST" }),
    Object.assign(new Error("x"), { fatal: true }),
    new Error("Can't add new command when connection is in closed state"),
  ]) {
    expect(toStorageError(error)).toMatchObject({ code: "storage.unavailable", retryable: true });
  }
  const own = new StorageError("storage.busy", "ours");
  expect(toStorageError(own)).toBe(own);
});
