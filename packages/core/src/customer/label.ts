/** Kinds of labels. City, call (what calls came to) and service (stages and ratings of the service desk) belong to the person; the others to an order. */
export const LABEL_KINDS = ["city", "store", "category", "brand", "sku", "call", "service"] as const;

export type LabelKind = (typeof LABEL_KINDS)[number];

/** An entry of the label library; (tenant, kind, key) is unique. */
export interface Label {
  /** Its id. */
  readonly id: number;
  /** Its kind, such as `city`. */
  readonly kind: LabelKind;
  /** What filters use: the name for city and brand, the bind id for store, category and SKU, a word or `tag:name=value` for call, `stage:…` and `rating:…` for service. */
  readonly key: string;
  /** What people read; equals the key when nothing better is known. */
  readonly name: string;
}

/** A label by its key, with the name that people read where it is known. */
export interface LabelRef {
  /** Its kind, such as `city`. */
  readonly kind: LabelKind;
  /** Its key within the kind. */
  readonly key: string;
}

/** True for labels that describe the person and therefore ignore the order window. */
export function isCustomerLabel(kind: LabelKind): boolean {
  return kind === "city" || kind === "call" || kind === "service";
}
