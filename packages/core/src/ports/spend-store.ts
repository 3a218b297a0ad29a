/** What a batch may have cost. */
export interface SpendEntry {
  /** Whose money it is. */
  readonly tenantId: number;
  /** Batch that was charged. */
  readonly batchId: number;
  /** Name of its channel. */
  readonly channel: string;
  /** `YYYY-MM-DD` in the tenant's zone at the instant of the charge; its first seven characters are the month. */
  readonly day: string;
  /** People who were charged. */
  readonly people: number;
  /** What the provider counts, of all of them. */
  readonly units: number;
  /** Minor units, of all of them. */
  readonly amountMinor: number;
  /** Units of the cheapest message. */
  readonly leastUnits: number;
  /** Minor units of the cheapest message. */
  readonly leastMinor: number;
  /** When the batch was charged, epoch ms. */
  readonly at: number;
}

/** An entry with what of it still counts. */
export interface HeldSpend extends SpendEntry {
  /** Units that still count. */
  readonly leftUnits: number;
  /** Minor units that still count. */
  readonly leftMinor: number;
}

/** What a channel has cost in a day or a month. */
export interface SpendPeriod {
  /** Unique in the installation. */
  readonly id: number;
  /** `YYYY-MM-DD` or `YYYY-MM`. */
  readonly period: string;
  /** What the provider counts. */
  readonly units: number;
  /** Minor units of the tenant's currency. */
  readonly amountMinor: number;
}

/** What messages cost, by batch, and the sums of days and months. */
export interface SpendStore {
  /**
   * Sums of a channel, made where they are missing and held until the transaction ends: of two batches the second sees the
   * charge of the first.
   *
   * @returns one per period, in the order given
   */
  hold(tenantId: number, channel: string, periods: readonly string[]): Promise<readonly SpendPeriod[]>;
  /** Enters a batch and adds it to the sums of its day and month, which were held. What an earlier charge of it still counts goes. */
  charge(entry: SpendEntry): Promise<void>;
  /** What a batch was charged. */
  get(tenantId: number, batchId: number): Promise<HeldSpend | undefined>;
  /** Lowers what still counts of an entry, and its sums with it; an entry that does not exist stays so. */
  lower(
    tenantId: number,
    batchId: number,
    left: { readonly units: number; readonly amountMinor: number },
  ): Promise<void>;
  /** Sums of a channel that are there, by period; nobody waits. */
  sums(tenantId: number, channel: string, periods: readonly string[]): Promise<readonly SpendPeriod[]>;
}
