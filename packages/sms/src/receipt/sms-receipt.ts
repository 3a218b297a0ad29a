/** The provider's own word about one message, pushed or pulled. */
export interface SmsReceipt {
  /** As `send` told it. */
  readonly providerMessageId: string;
  /** E.164. */
  readonly address: string;
  readonly kind: "delivered" | "not_delivered";
  /** Why not: the carrier's or provider's code, for example `DB:0103`. */
  readonly reason?: string;
  /** When the phone took it, epoch ms, if the provider says so. */
  readonly at?: number;
}

/** What a phone answered. */
export interface SmsReply {
  /** The provider's id of the reply; the same when it is told again. */
  readonly id: string;
  /** E.164. */
  readonly from: string;
  readonly text: string;
  /** Epoch ms. */
  readonly at: number;
  /** Sub-number that was answered; tells campaigns apart where it was used. */
  readonly extend?: string;
}
