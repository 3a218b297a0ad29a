import type { TenantKit } from "@recallkit/core";
import type { ShowAddress } from "@recallkit/http";
import { csvPieces } from "../../frame/csv.js";

/** Names of the import, so that the file can be read in again. */
const COLUMNS = ["channel", "customer_key", "address", "reason", "created_at"] as const;
const PAGE = 200;

/** All suppressions as CSV, read page by page as the file is. @param channel only of exactly this one */
export function suppressionFile(
  { suppressions }: Pick<TenantKit, "suppressions">,
  show: ShowAddress,
  channel: string | undefined,
): AsyncIterable<string> {
  async function* rows() {
    for await (const entry of suppressions.all({ limit: PAGE, channel })) {
      const address = entry.address === null ? null : show(entry.address);
      const at = new Date(entry.createdAt).toISOString();
      yield [entry.channel, entry.externalKey, address, entry.reason, at];
    }
  }
  return csvPieces(COLUMNS, rows());
}
