import type { Intent } from "../ports/intent-classifier.js";

/** Every intent; of two that are as likely the one that stands first is taken, so that nobody who refuses or complains is overheard. */
export const INTENTS = [
  "opt-out",
  "complaint",
  "human",
  "invoice",
  "after-sales",
  "progress",
  "consult",
  "chat",
] as const satisfies readonly Intent[];
