import type { ScriptFinding } from "@recallkit/core/script";
import type { ServerContext } from "../../frame/context.js";
import type { WidenedFact } from "./settings.js";

/** What may be said of a person. What is not here can't be said, whoever writes. */
export interface PersonFacts {
  /** `张`, `欧阳`; null: not known. */
  readonly surname?: string | null;
  /** `女士`, `先生`; null: not known. */
  readonly title?: string | null;
  /** Days to the birthday, 0 … 366; 0 is today. */
  readonly daysToBirthday: number;
  /** As the institution calls it: `金卡`. */
  readonly vipLevel?: string | null;
  /** How the institution is called in texts. */
  readonly salonName: string;
  /** More, of which goes out what the institution has declared and the person has agreed to. */
  readonly widened?: Readonly<Partial<Record<WidenedFact, string>>>;
}

/** Channels that texts are written for. */
export const SCRIPT_CHANNELS = ["sms", "wecom"] as const;
export type ScriptChannel = (typeof SCRIPT_CHANNELS)[number];

interface AnyRequest {
  readonly tenantId: number;
  /** Null: nobody in particular, as when somebody tries it out. */
  readonly customerId: number | null;
  readonly channel: ScriptChannel;
  /** What tells this occasion from the next one, such as the year of the birthday. @default none */
  readonly occasion?: string;
  /** Of the day whose budget is used, epoch ms. */
  readonly now: number;
}

/** A greeting for a birthday. */
export interface BirthdayRequest extends AnyRequest {
  readonly purpose: "birthday";
  readonly facts: PersonFacts;
  /** Full names of others that must not stand in the text: relatives, other customers, doctors. @default none */
  readonly otherNames?: readonly string[];
}

/** A text that promotes something, as it was reviewed. */
export interface PromotionRequest extends AnyRequest {
  readonly purpose: "promotion";
  /** A template with its certificate of review. */
  readonly templateId: number;
}

/** A text that is asked for. */
export type WriteScriptRequest = BirthdayRequest | PromotionRequest;

/** A text that may be sent. */
export interface WrittenScript {
  readonly scriptId: number;
  /** Has passed the gate, or is verbatim a reviewed template. */
  readonly text: string;
  readonly engine: "template" | "model";
  /** Model that wrote it; null: none did. */
  readonly model: string | null;
  /** `pass`: the first try; `repaired`: the second; `fallback`: a text that stood ready. */
  readonly verdict: "pass" | "repaired" | "fallback";
  /** What was found in the try before; empty for `pass`. */
  readonly findings: readonly ScriptFinding[];
  /** Of all that decided the text: the same hash, the same text. */
  readonly inputHash: string;
}

/** What writes texts. Made by {@link scriptAuthor} of a server's context, or of less in tests. */
export interface ScriptAuthor {
  readonly context: Pick<ServerContext, "stores" | "clock" | "transport" | "config" | "kit">;
  /** Ends calls of a model, and waiting for another process. */
  readonly signal?: AbortSignal;
}
