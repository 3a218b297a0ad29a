import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { MediaStore, Stores } from "@recallkit/core/ports";

/** Keeps images as files, one folder per tenant: a line with the content type, then the bytes. */
export function folderMedia(folder: string): MediaStore {
  const pathOf = (tenantId: number, sha256: string) => join(folder, String(tenantId), sha256);

  return {
    async put(tenantId, { sha256, contentType, bytes }) {
      const path = pathOf(tenantId, sha256);
      const beside = `${path}.${randomUUID()}`;
      await mkdir(join(folder, String(tenantId)), { recursive: true });
      await writeFile(beside, Buffer.concat([Buffer.from(`${contentType}\n`), bytes]));
      try {
        // Whoever reads sees all of a file or nothing, and the first one stays.
        await link(beside, path);
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
      } finally {
        await rm(beside);
      }
    },
    async get(tenantId, sha256) {
      // A name from outside must not lead out of the folder.
      if (!/^[0-9a-f]{64}$/.test(sha256)) return undefined;
      const file = await readFile(pathOf(tenantId, sha256)).catch(() => undefined);
      if (!file) return undefined;
      const end = file.indexOf("\n");
      return { sha256, contentType: String(file.subarray(0, end)), bytes: new Uint8Array(file.subarray(end + 1)) };
    },
  };
}

/** Stores of any engine, with their images in a folder; inside transactions too. */
export function withFolderMedia(stores: Stores, folder: string): Stores {
  const media = folderMedia(folder);
  const wrapped = (inner: Stores): Stores => ({
    ...inner,
    media,
    transaction: (work) => inner.transaction((tx) => work(wrapped(tx))),
  });
  return wrapped(stores);
}
