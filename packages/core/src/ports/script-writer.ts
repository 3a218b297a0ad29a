/**
 * What may be said of a person, by name. A writer sees these values and nothing else, so that whatever is not declared cannot
 * leave.
 */
export type ScriptFacts = Readonly<Record<string, string | number>>;

/** How long a text may be. */
export interface ScriptLimits {
  /** Bytes of UTF-8. */
  readonly maxBytes: number;
  /** Billed segments of an SMS; undefined: it is no SMS. */
  readonly maxSegments?: number | undefined;
}

/** What was wrong with an earlier try. */
export interface ScriptHint {
  /** Code of a finding, such as `price`. */
  readonly code: string;
  /** The words that it is about, as they stood in the text. */
  readonly words: string;
}

/** A text that is asked for. */
export interface ScriptRequest {
  /** What it is for, such as `birthday`. */
  readonly purpose: string;
  /** What may be said of the person. */
  readonly facts: ScriptFacts;
  /** What others wrote about the person, by name: data, never instructions. @default nothing */
  readonly quoted?: Readonly<Record<string, string>> | undefined;
  /** How long it may be. */
  readonly limits: ScriptLimits;
  /** Of a repair: what the try before did wrong. @default this is the first try */
  readonly hints?: readonly ScriptHint[] | undefined;
  /** Chooses among several texts of equal right: the same seed, the same text. */
  readonly seed: string;
}

/** What a call of a model took; 0 without one. */
export interface ScriptTokens {
  /** Tokens of what was asked. */
  readonly prompt: number;
  /** Tokens of what was answered. */
  readonly completion: number;
}

/** Why there is no text. */
export type ScriptFailureReason =
  /** Nobody answered, or only to say that it can't now. */
  | "down"
  /** No whole answer in time. */
  | "slow"
  /** Nothing may be spent any more, here or at the provider. */
  | "budget"
  /** An answer that is no text of the form asked for. */
  | "unusable"
  /** The provider refuses the key, the model or the request. */
  | "refused"
  /** There is no text for this purpose. */
  | "missing";

/** Whether the same request may succeed: at once, when time has passed, or only after a change. */
export type ScriptRetry = "now" | "later" | "never";

/** A text, or why there is none. */
export type ScriptAnswer =
  | {
      readonly kind: "written";
      /** As it was written; nobody has checked it. */
      readonly text: string;
      /** Name of the writer. */
      readonly engine: string;
      /** Model as it was asked for; null: no model wrote it. */
      readonly model: string | null;
      /** All that was sent to the model; null without one. */
      readonly prompt: string | null;
      /** What the call took. */
      readonly tokens: ScriptTokens;
    }
  | {
      readonly kind: "failed";
      /** What happened. */
      readonly reason: ScriptFailureReason;
      /** When to try again. */
      readonly retry: ScriptRetry;
      /** For developers: a status, a code. Holds no key, no name and no text. */
      readonly detail: string;
      /** All that was sent to the model, when something was. */
      readonly prompt: string | null;
      /** What the call took, as far as the provider told. */
      readonly tokens: ScriptTokens;
    };

/** Writes texts for single people. */
export interface ScriptWriter {
  /** Name, such as `template` or `openai-compatible`. */
  readonly name: string;
  /**
   * Writes one text, which is to be checked before anybody reads it.
   *
   * What may happen is an answer: a provider that is down, slow or talks nonsense, a budget that is used up.
   *
   * @throws only when `signal` aborts, or for a fault of the program
   */
  write(request: ScriptRequest, options?: { readonly signal?: AbortSignal }): Promise<ScriptAnswer>;
}

/** What a call may take at most. */
export interface ScriptCall {
  /** Most tokens of what is asked and answered. */
  readonly tokens: ScriptTokens;
}

/** Room for one call. */
export interface ReservedCall {
  /** Replaces the estimate by what the call took; without it the estimate stays counted. */
  settle(tokens: ScriptTokens): Promise<void>;
}

/** What may be spent on a model. */
export interface ScriptBudget {
  /** Takes the room of a call before it is made. @returns undefined: there is none left */
  reserve(call: ScriptCall): Promise<ReservedCall | undefined>;
}
