import { StorageError } from "@recallkit/core";
import { expect, test } from "vitest";
import { toStorageError } from "./error.js";

test.each([
  ["40001", { code: "storage.busy", retryable: true }],
  ["40P01", { code: "storage.busy", retryable: true }],
  ["28P01", { code: "storage.unavailable", retryable: false, hint: expect.stringContaining("password") }],
  ["42501", { code: "storage.unavailable", retryable: false, hint: expect.stringContaining("rights") }],
  ["53100", { code: "storage.unavailable", retryable: true, hint: expect.stringContaining("disk") }],
  ["53300", { code: "storage.unavailable", retryable: true, hint: expect.stringContaining("connections") }],
  ["57P01", { code: "storage.unavailable", retryable: true }],
  ["25006", { code: "storage.unavailable", retryable: false, hint: expect.stringContaining("read-only") }],
  ["08006", { code: "storage.unavailable", retryable: true }],
  ["ECONNREFUSED", { code: "storage.unavailable", retryable: true }],
  ["42P01", { code: "storage.failed", retryable: false }],
  ["22012", { code: "storage.failed", retryable: false }],
])("the driver's %s is told as what to do", (code, expected) => {
  expect(toStorageError(Object.assign(new Error("driver"), { code }))).toMatchObject(expected);
});

test("a broken constraint names its columns and keeps the values", () => {
  const detail = "Key (tenant_id, mobile)=(1, 13800138000) already exists.";
  expect(toStorageError(Object.assign(new Error("duplicate key"), { code: "23505", detail }))).toMatchObject({
    code: "storage.constraint",
    kind: "unique",
    columns: ["tenant_id", "mobile"],
    message: expect.not.stringContaining("138"),
  });
});

test("a connection that died without a code is the server being away, and our own errors pass", () => {
  for (const message of ["Connection terminated unexpectedly", "Client has encountered a connection error"]) {
    expect(toStorageError(new Error(message))).toMatchObject({ code: "storage.unavailable", retryable: true });
  }
  const own = new StorageError("storage.busy", "ours");
  expect(toStorageError(own)).toBe(own);
});
