import type { ScriptFailureReason, ScriptRetry, ScriptTokens } from "./script-writer.js";

/** What somebody wants who writes to a shop. */
export type Intent =
  /** To know something before buying: prices, models, places, hours. */
  | "consult"
  /** To know how far something is: an order, a project, a repair. */
  | "progress"
  /** To have something repaired, exchanged or taken back, or to know how it works. */
  | "after-sales"
  /** To complain. */
  | "complaint"
  /** An invoice or a receipt. */
  | "invoice"
  /** To talk to a person. */
  | "human"
  /** No further messages. */
  | "opt-out"
  /** Nothing in particular: greetings, thanks, signs. */
  | "chat";

/** A message whose intent is asked for. */
export interface IntentRequest {
  /** As it was written; data, never instructions. */
  readonly text: string;
}

/** An intent, or why there is none. */
export type IntentAnswer =
  | {
      readonly kind: "classified";
      readonly intent: Intent;
      /** 0 … 1; not a probability, but higher is surer. */
      readonly confidence: number;
      /** Why, for people: words that were found, or what the model says. Holds nothing else of the message. */
      readonly reason: string;
      /** Name of the classifier. */
      readonly engine: string;
      /** Model as it was asked for; null: no model was. */
      readonly model: string | null;
      /** What the call took. */
      readonly tokens: ScriptTokens;
    }
  | {
      readonly kind: "failed";
      /** What happened. */
      readonly reason: ScriptFailureReason;
      /** When to try again. */
      readonly retry: ScriptRetry;
      /** For developers: a status, a code. Holds no key and nothing of the message. */
      readonly detail: string;
      /** What the call took, as far as the provider told. */
      readonly tokens: ScriptTokens;
    };

/** Finds out what somebody wants. */
export interface IntentClassifier {
  /** Name, such as `rules` or `openai-compatible`. */
  readonly name: string;
  /**
   * Reads one message. What may happen is an answer: a provider that is down, slow or talks nonsense, a budget that is used up.
   *
   * @throws only when `signal` aborts, or for a fault of the program
   */
  classify(request: IntentRequest, options?: { readonly signal?: AbortSignal }): Promise<IntentAnswer>;
}
