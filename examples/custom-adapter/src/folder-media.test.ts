import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { storesConformance } from "@recallkit/core/conformance";
import { memoryStores } from "@recallkit/core/memory";
import type { Stores } from "@recallkit/core/ports";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { folderMedia, withFolderMedia } from "./folder-media.js";

describe("stores with their images in a folder", () => {
  let folder = "";
  let stores: Stores;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "recallkit-example-"));
    stores = memoryStores();
  });
  afterAll(() => rm(folder, { recursive: true }));

  const open = async () => withFolderMedia(stores, join(folder, "media"));
  const reopen = (opened: Stores) => opened.close().then(open);
  for (const { name, run } of storesConformance({ open, reopen })) test(name, run);

  test("nothing half-written is left beside the images", async () => {
    const media = folderMedia(join(folder, "clean"));
    const image = { sha256: "a".repeat(64), contentType: "image/png", bytes: new Uint8Array([1, 2, 3]) };
    await Promise.all([media.put(1, image, 0), media.put(1, image, 0)]);
    expect(await readdir(join(folder, "clean", "1"))).toEqual(["a".repeat(64)]);
    expect(await media.get(1, "../../recall.db")).toBeUndefined();
  });

  test("a full store has as many methods as the guide says", async () => {
    const methods = Object.values(memoryStores())
      .flatMap((part) => (typeof part === "object" ? Object.values(part) : [part]))
      .filter((member) => typeof member === "function").length;
    const guide = await readFile(join(import.meta.dirname, "../../../docs/guides/write-an-adapter.md"), "utf8");
    expect(guide).toContain(`has ${methods} methods`);
  });
});
