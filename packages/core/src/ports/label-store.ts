import type { Label, LabelKind, LabelRef } from "../customer/label.js";

/** The label library and the labels of people; labels of orders are written with the order. */
export interface LabelStore {
  /** Labels that exist among these; unknown ones are left out. At most 1 000 refs. */
  findMany(tenantId: number, refs: readonly LabelRef[]): Promise<readonly Label[]>;
  /** Adds labels that do not exist yet. @returns their ids in the order given. @throws {ConflictError} `label.key-taken` */
  insertMany(tenantId: number, labels: readonly Omit<Label, "id">[]): Promise<readonly number[]>;
  /** Gives labels another display name. */
  rename(tenantId: number, renames: readonly { readonly id: number; readonly name: string }[]): Promise<void>;
  /** Labels of one kind ordered by (key bytes), after `afterKey`, at most `limit`. */
  list(
    tenantId: number,
    kind: LabelKind,
    options: { readonly afterKey?: string; readonly limit: number },
  ): Promise<readonly Label[]>;
  /** Labels of one kind that people have; at most 1 000 people; order is free. */
  held(
    tenantId: number,
    customerIds: readonly number[],
    kind: LabelKind,
  ): Promise<readonly { readonly customerId: number; readonly labelId: number }[]>;
  /** Adds labels to people; pairs that exist are left as they are. @returns the number of new pairs */
  assign(
    tenantId: number,
    pairs: readonly { readonly customerId: number; readonly labelId: number }[],
  ): Promise<number>;
  /** Takes labels from people. @returns the number of pairs removed */
  unassign(
    tenantId: number,
    pairs: readonly { readonly customerId: number; readonly labelId: number }[],
  ): Promise<number>;
}
