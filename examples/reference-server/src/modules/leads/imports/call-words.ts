import type { CallResult } from "../calls/call.js";

const RESULTS: Readonly<Record<CallResult, readonly string[]>> = {
  connected: ["connected", "answered", "接通", "已接通", "已接"],
  voicemail: ["voicemail", "语音信箱", "留言"],
  busy: ["busy", "占线", "忙", "忙线", "用户忙"],
  no_answer: ["no_answer", "no answer", "noanswer", "无人接听", "未接", "未接通", "无应答"],
  rejected: ["rejected", "declined", "拒接", "拒绝", "挂断"],
};
const BY_WORD = new Map(Object.entries(RESULTS).flatMap(([result, words]) => words.map((word) => [word, result])));
const YES = new Set(["yes", "y", "true", "1", "是", "有", "有意向", "高"]);
const NO = new Set(["", "no", "n", "false", "0", "否", "无", "无意向", "低"]);

/** The result that a word stands for; an unknown word stays, and is refused where it is checked. */
export function resultIn(word: string): string {
  return BY_WORD.get(word.toLowerCase()) ?? word;
}

/** Whether a word says yes; undefined: it says neither. */
export function yesIn(word: string): boolean | undefined {
  const form = word.toLowerCase();
  if (YES.has(form)) return true;
  return NO.has(form) ? false : undefined;
}
