import type { IngestCounts, TenantKit } from "@recallkit/core";
import { generateSampleShop, SAMPLE_CUSTOMERS, SAMPLE_ORDERS } from "./generate-shop.js";

export interface LoadSampleShopOptions {
  /** Orders lie before the local day of this instant, epoch ms. */
  readonly now: number;
  readonly seed?: number;
  /** Told in one line for people, Chinese and English. */
  readonly onProgress?: (note: string) => void;
  readonly signal?: AbortSignal;
}

/** Puts the sample shop into a tenant; again on the same day it changes nothing. */
export async function loadSampleShop(
  kit: TenantKit,
  options: LoadSampleShopOptions,
): Promise<{ readonly customers: IngestCounts; readonly orders: IngestCounts }> {
  const { now, seed, onProgress, signal } = options;
  const { timeZone } = await kit.tenant();
  const shop = generateSampleShop({ now, timeZone, ...(seed !== undefined && { seed }) });
  const told = (zh: string, en: string, total: number) => ({
    ...(signal && { signal }),
    onProgress: ({ rows }: { readonly rows: number }) => onProgress?.(`${zh} ${rows}/${total} · ${en}`),
  });
  const customers = await kit.customers.upsert(
    shop.customers,
    told("载入示例客户", "sample customers", SAMPLE_CUSTOMERS),
  );
  const orders = await kit.orders.ingest(shop.orders, {
    source: "sample",
    ...told("载入示例订单", "sample orders", SAMPLE_ORDERS),
  });
  return { customers, orders };
}
