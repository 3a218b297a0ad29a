import { expect, test } from "vitest";
import { toColumns } from "./columns.js";

test("fields become columns; flags, lists and absent fields are minded", () => {
  const patch: {
    notBefore: number;
    settled: boolean;
    warnings: readonly string[];
    reason: string | null;
    size?: number;
  } = {
    notBefore: 5,
    settled: true,
    warnings: ["a"],
    reason: null,
  };
  expect(toColumns({ ...patch, size: undefined })).toEqual({
    not_before: 5,
    settled: 1,
    warnings: '["a"]',
    reason: null,
  });
  expect(toColumns(patch).not_before).toBe(5);
});
