import type { MessageClass } from "./message-class.js";

/** What providers ask marketing texts to end with. @see https://help.aliyun.com/document_detail/463270.html */
export const DEFAULT_OPT_OUT_TEXT = "拒收请回复R";

/** How a text becomes a whole SMS. */
export interface SmsTextRules {
  /** Name of the sender, without `【】`. */
  readonly signature: string;
  readonly messageClass: MessageClass;
  /** @default "拒收请回复R" */
  readonly optOutText?: string | undefined;
}

/**
 * The text as phones show it: `【signature】` in front, and behind marketing the way to refuse. What is there already isn't added
 * again.
 */
export function completeText(
  text: string,
  { signature, messageClass, optOutText = DEFAULT_OPT_OUT_TEXT }: SmsTextRules,
): string {
  const body = text.trim();
  const signed = body.startsWith("【") ? body : `【${signature}】${body}`;
  return messageClass !== "marketing" || hasOptOutText(signed, optOutText) ? signed : `${signed} ${optOutText}`;
}

/** Ways to refuse that texts of the last years end with. */
const OPT_OUT_TEXTS =
  /(拒收请?回复?|退订请?回复?|回复?(TD|T|R|N|0000)?(即可)?退订|退订回(TD|T|N)|回(TD|T|R|N)退订)[A-Z]{0,2}[。.]?\s*$/iu;

/** Whether a text ends with a way to refuse. */
export function hasOptOutText(text: string, own: string = DEFAULT_OPT_OUT_TEXT): boolean {
  return text.trimEnd().endsWith(own) || OPT_OUT_TEXTS.test(text);
}

/** What is wrong with a signature: 2 … 20 letters, digits or Chinese characters, not digits alone. Undefined: nothing. */
export function signatureIssue(signature: string): string | undefined {
  if (!/^[\p{L}\p{N}_\- &·]{2,20}$/u.test(signature))
    return "a signature has 2 to 20 letters, digits or Chinese characters, without 【】";
  return /^\d+$/.test(signature) ? "a signature must not be digits alone" : undefined;
}
