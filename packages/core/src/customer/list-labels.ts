import { type Page, pageBy } from "../page.js";
import type { Stores } from "../ports/stores.js";
import type { Label, LabelKind } from "./label.js";

/** Most labels of a page: they are small. */
const MOST_LABELS = 1000;

/** A page of the library by key; its cursor is the last key seen. */
export async function listLabels(
  stores: Stores,
  tenantId: number,
  kind: LabelKind,
  { cursor, limit = 100 }: { readonly cursor?: string | null | undefined; readonly limit?: number | undefined } = {},
): Promise<Page<Label>> {
  const size = Math.min(limit, MOST_LABELS);
  const after = cursor === null || cursor === undefined ? {} : { afterKey: cursor };
  const labels = await stores.labels.list(tenantId, kind, { limit: size + 1, ...after });
  return pageBy(labels, size, ({ key }) => key);
}
