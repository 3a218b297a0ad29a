// What the projections are for: three ports, each with an engine on the ledger, and adapters for engines of their own.

/** A person as projections know them: no name, no address, no note. */
export interface PersonFact {
  readonly tenantId: number;
  readonly customerId: number;
  /** Code of the person at the merchant. */
  readonly customerKey: string;
  /** Empty when unknown. */
  readonly vipLevel: string;
  readonly gender: string;
  /** Code of who brought them; empty when unknown. */
  readonly referrerKey: string;
  readonly tags: readonly string[];
  /** Epoch ms. */
  readonly createdAt: number;
}

/** A key and what people call it. */
export interface NamedThing {
  readonly key: string;
  readonly name: string;
}

/** An order as projections know it. */
export interface OrderFact {
  readonly tenantId: number;
  readonly orderId: number;
  readonly customerId: number;
  /** Code of the buyer at the merchant; empty when the person is gone. */
  readonly customerKey: string;
  /** Epoch ms. */
  readonly orderedAt: number;
  readonly amountMinor: number;
  readonly refundedMinor: number;
  readonly status: string;
  readonly lines: readonly {
    readonly code: string;
    readonly name: string;
    readonly quantity: number;
    readonly amountMinor: number;
  }[];
  /** Categories, which are projects. */
  readonly projects: readonly NamedThing[];
  /** Stores, which are doctors. */
  readonly doctors: readonly NamedThing[];
}

/** Facts of one tenant as they are now; ids that are gone from the ledger are to be forgotten. */
export interface FactBatch {
  readonly tenantId: number;
  /** Revision of the tenant before the facts were read: of two facts of the same thing the later revision holds. */
  readonly revision: number;
  readonly people: readonly PersonFact[];
  readonly orders: readonly OrderFact[];
  readonly gonePeople: readonly number[];
  readonly goneOrders: readonly number[];
}

/** Where facts are projected to. */
export interface ProjectionTarget {
  /** `clickhouse`, `qdrant`, `nebula`, `relations`, `similar`; part of the key of its checkpoint. */
  readonly name: string;
  /** Makes what it needs, as often as it is asked. */
  prepare(): Promise<void>;
  /** Forgets everything, before a replay. */
  clear(): Promise<void>;
  /** Takes facts over; the same facts again change nothing. */
  apply(batch: FactBatch): Promise<void>;
  /** Asks the engine for a word about itself, such as its version. */
  ping(): Promise<string>;
  close(): Promise<void>;
}

/** Which orders figures are about. */
export interface FiguresQuery {
  readonly tenantIds: readonly number[];
  /** Epoch ms, from and before. */
  readonly from: number;
  readonly to: number;
}

/** Figures of one tenant. */
export interface TenantFigures {
  readonly tenantId: number;
  readonly orders: number;
  /** Distinct people with an order. */
  readonly buyers: number;
  readonly amountMinor: number;
  readonly refundedMinor: number;
}

/** Figures of something that was sold. */
export interface ItemFigures {
  readonly tenantId: number;
  readonly code: string;
  readonly quantity: number;
  readonly amountMinor: number;
}

/** Figures over many orders. */
export interface AnalyticsStore {
  /** Figures by tenant; tenants without an order are left out. */
  figures(query: FiguresQuery): Promise<readonly TenantFigures[]>;
  /** What sold best by amount, then by code, of all tenants asked for. @param limit 1 … 1000 */
  topItems(query: FiguresQuery, limit: number): Promise<readonly ItemFigures[]>;
}

/** Whom somebody is connected with. */
export interface Connections {
  /** Projects and doctors with the number of orders. */
  readonly projects: readonly { readonly key: string; readonly orders: number }[];
  readonly doctors: readonly { readonly key: string; readonly orders: number }[];
  /** Code of who brought them. */
  readonly referrer: string | undefined;
}

/** How people, projects and doctors hang together. */
export interface RelationGraph {
  connections(tenantId: number, customerKey: string): Promise<Connections>;
  /** Whom somebody brought, and whom these brought, by depth and code. @param depth 1 … 10 */
  referrals(
    tenantId: number,
    customerKey: string,
    depth: number,
  ): Promise<readonly { readonly customerKey: string; readonly depth: number }[]>;
}

/** Who is like somebody. */
export interface SimilarCustomers {
  /** The most similar first, without the person. @param limit 1 … 100. @returns similarity 0 … 1 */
  similarTo(
    tenantId: number,
    customerKey: string,
    limit: number,
  ): Promise<readonly { readonly customerKey: string; readonly similarity: number }[]>;
}
