import type { ConsentInput, TenantKit } from "@recallkit/core";
import { importList, type ListImport, type ListOptions } from "./list-import.js";

/** Columns of a file of consents, with the headers that mean them. */
const HEADERS = {
  customer_key: ["customer_key", "客户编号", "客户id", "会员编号", "会员号", "customer_id"],
  channel: ["channel", "渠道", "触达渠道"],
  status: ["status", "consent", "状态", "是否同意", "同意"],
  purpose: ["purpose", "目的", "用途"],
  wording: ["wording", "同意书版本", "协议版本", "文本版本"],
  source: ["source", "来源", "同意来源"],
  evidence: ["evidence", "凭证", "凭证编号"],
  at: ["at", "consented_at", "时间", "同意时间", "日期"],
} as const;
export type ConsentField = keyof typeof HEADERS;
// The keys above.
export const CONSENT_FIELDS = Object.keys(HEADERS) as readonly ConsentField[];

const STATUSES: Readonly<Record<string, ConsentInput["status"]>> = {
  granted: "granted",
  yes: "granted",
  true: "granted",
  "1": "granted",
  是: "granted",
  同意: "granted",
  已同意: "granted",
  withdrawn: "withdrawn",
  no: "withdrawn",
  false: "withdrawn",
  "0": "withdrawn",
  否: "withdrawn",
  不同意: "withdrawn",
  撤回: "withdrawn",
  已撤回: "withdrawn",
  拒绝: "withdrawn",
};

/** What holds for rows that have no such cell. */
export interface ConsentDefaults {
  /** Name of a channel, or `*` for all. */
  readonly channel?: string | undefined;
  /** Where it was said. @default "import" */
  readonly source?: string | undefined;
}

/**
 * Records what people of a file have agreed to, or taken back. A row about somebody who is not known, or without a word for
 * yes or no, is told of with its line.
 *
 * @throws what `importList` throws
 */
export function importConsents(
  kit: TenantKit,
  file: string,
  { channel = "", source = "import" }: ConsentDefaults = {},
  options?: ListOptions<ConsentField>,
): Promise<ListImport> {
  return importList(
    file,
    {
      headers: HEADERS,
      required: ["customer_key", "status", ...(channel === "" ? (["channel"] as const) : [])],
      rowOf(cell): ConsentInput {
        const word = cell("status").toLowerCase();
        return {
          externalKey: cell("customer_key"),
          channel: cell("channel").toLowerCase() || channel,
          // What is neither yes nor no goes on as it is, so that the kit names it among the rejected lines.
          status: STATUSES[word] ?? (word as ConsentInput["status"]),
          source: cell("source") || source,
          purpose: cell("purpose") || null,
          wording: cell("wording") || null,
          evidence: cell("evidence") || null,
          at: cell("at") || null,
        };
      },
      put: kit.consents.recordMany,
    },
    options,
  );
}
