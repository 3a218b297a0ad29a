import type { ConfigStore } from "@recallkit/core/ports";
import * as z from "zod";

const count = z.int().min(0);
const checkpointSchema = z.strictObject({
  version: z.literal(1),
  mode: z.enum(["full", "incremental"]),
  done: z.array(z.string()),
  member: z.string().optional(),
  cursor: z.string().optional(),
  unlicensed: z.array(z.string()),
  counts: z.strictObject({
    contacts: count,
    matched: z.strictObject({ external_userid: count, unionid: count, mobile: count, key: count }),
    created: count,
    unmatched: count,
    conflicts: count,
  }),
});

/** How far a run came: members that are done, and the page of the one that is not. */
export type Checkpoint = z.output<typeof checkpointSchema>;

/** The beginning of a run. */
export function newCheckpoint(mode: Checkpoint["mode"]): Checkpoint {
  const matched = { external_userid: 0, unionid: 0, mobile: 0, key: 0 };
  const counts = { contacts: 0, matched, created: 0, unmatched: 0, conflicts: 0 };
  return { version: 1, mode, done: [], unlicensed: [], counts };
}

/** Where a tenant's run is kept. */
export interface CheckpointPlace {
  /** Undefined: no run was broken off. What is unreadable counts as none. */
  read(): Promise<Checkpoint | undefined>;
  write(checkpoint: Checkpoint): Promise<void>;
  clear(): Promise<void>;
}

/** In the tenant's settings. */
export function checkpointPlace(config: ConfigStore, tenantId: number, name: string): CheckpointPlace {
  const key = `wecom.contact-sync.${name}`;
  return {
    async read() {
      const text = await config.get(tenantId, key);
      if (!text) return undefined;
      try {
        return checkpointSchema.parse(JSON.parse(text));
      } catch {
        return undefined;
      }
    },
    write: (checkpoint) => config.put(tenantId, key, JSON.stringify(checkpoint)),
    clear: () => config.put(tenantId, key, ""),
  };
}
