import { createHash } from "node:crypto";
import type { AudienceMember } from "@recallkit/core";
import { openScratchDatabase } from "./scratch-database.js";

const PIECE = 5000;

/**
 * SHA-256 over the import keys of an audience, sorted bytewise and joined by line feeds, 64 hex digits.
 *
 * Sorted on disk, so that an audience of any size takes the same memory.
 */
export async function audienceDigest(
  members: AsyncIterable<AudienceMember>,
): Promise<{ readonly count: number; readonly sha256: string }> {
  const scratch = await openScratchDatabase("CREATE TABLE member (key TEXT PRIMARY KEY) WITHOUT ROWID");
  try {
    let waiting: string[] = [];
    const flush = async () => {
      await scratch.all("INSERT INTO member SELECT value FROM json_each(?)", [JSON.stringify(waiting)]);
      waiting = [];
    };
    for await (const { externalKey } of members) {
      waiting.push(externalKey);
      if (waiting.length >= PIECE) await flush();
    }
    await flush();
    return await digest((after) =>
      scratch.all(`SELECT key FROM member WHERE key > ? ORDER BY key LIMIT ${PIECE}`, [after]),
    );
  } finally {
    await scratch.remove();
  }
}

async function digest(page: (after: string) => Promise<readonly { readonly key: string }[]>) {
  const hash = createHash("sha256");
  let count = 0;
  let after = "";
  for (;;) {
    const keys = await page(after);
    for (const { key } of keys) {
      hash.update(count === 0 ? key : `\n${key}`, "utf8");
      count += 1;
      after = key;
    }
    if (keys.length < PIECE) return { count, sha256: hash.digest("hex") };
  }
}
