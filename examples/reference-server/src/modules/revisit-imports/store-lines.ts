import { RecallKitError } from "@recallkit/core";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import type { DatabaseSetting } from "../../config/database-url.js";
import { askStores, type ProjectionParts, STORE_NAMES, type StoreAnswer } from "../projections/service.js";

/** Names of the ledger's engines, as people know them. */
export const LEDGER_NAMES = { sqlite: "SQLite", postgres: "PostgreSQL", mysql: "MySQL" } as const;

/** How a store is: a line of the system check. */
export interface StoreLine {
  readonly name: string;
  /** `off`: not configured, the ledger answers instead. */
  readonly state: StoreAnswer["state"];
  /** What the store says of itself, or the code of what is wrong. */
  readonly detail: string;
}

/** How each of the four stores is, in the order of the document. */
export async function storeLines(
  engine: DatabaseSetting["engine"],
  parts: ProjectionParts,
): Promise<readonly StoreLine[]> {
  const ledger = { name: LEDGER_NAMES[engine], ...(await ledgerState(parts.stores)) };
  const answers = await askStores(parts);
  return [ledger, ...answers.map(({ store, ...rest }) => ({ name: STORE_NAMES[store], ...rest }))];
}

async function ledgerState(stores: SqlStores): Promise<Omit<StoreLine, "name">> {
  try {
    if (await stores.isEmpty()) return { state: "failing", detail: "storage.schema-outdated" };
    await stores.assertMigrated();
    return { state: "ok", detail: "Connected" };
  } catch (error) {
    return { state: "failing", detail: RecallKitError.is(error) ? error.code : "storage.unavailable" };
  }
}

/** A line as the document prints it. */
export function storeText({ name, detail }: StoreLine, say: (zh: string, en: string) => string): string {
  const words: Readonly<Record<string, string>> = {
    NebulaGraph: `Space: ${detail}`,
    Qdrant: say(`集合数: ${detail}`, `collections: ${detail}`),
  };
  return words[name] ?? detail;
}
