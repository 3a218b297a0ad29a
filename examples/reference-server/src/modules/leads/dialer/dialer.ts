/** A call that somebody wants to make by a click. */
export interface DialRequest {
  /** Ours; the same in every repeat, so that a dialer rings once for it. */
  readonly dialId: string;
  /** E.164. */
  readonly phone: string;
  /** Who calls, as the dialer knows them. */
  readonly agent: string;
  readonly taskId: number;
  readonly leadId: number;
}

/** What a dialer says. `unknown`: the phone may ring; nobody asks again by himself. */
export type DialAnswer =
  | { readonly kind: "ringing"; readonly providerCallId: string }
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "unknown"; readonly reason: string };

/** What connects an agent with somebody on the phone. */
export interface Dialer {
  readonly name: string;
  /** Never throws: what is not proved is `unknown`. */
  dial(request: DialRequest, options: { readonly signal: AbortSignal }): Promise<DialAnswer>;
}
