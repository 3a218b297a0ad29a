import type { LexiconEntry } from "../gate/lexicon-entry.js";
import { ADVERTISING_LAW } from "./advertising-law.js";
import { AESTHETIC_GUIDE } from "./aesthetic-guide.js";
import { GREETING_TOPICS } from "./greeting-topics.js";
import { MEDICAL_ADVERTISING } from "./medical-advertising.js";

/** Words that a message of a medical institution must not hold, each with the rule that it comes from. */
export const MEDICAL_LEXICON: readonly LexiconEntry[] = [
  ...ADVERTISING_LAW,
  ...MEDICAL_ADVERTISING,
  ...AESTHETIC_GUIDE,
  ...GREETING_TOPICS,
];
