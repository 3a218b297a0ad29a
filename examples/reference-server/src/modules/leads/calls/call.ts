import type { InputIssue } from "@recallkit/core";

/** How a call ended. */
export const CALL_RESULTS = ["connected", "voicemail", "busy", "no_answer", "rejected"] as const;
export type CallResult = (typeof CALL_RESULTS)[number];

/** A tag as it is given. */
export interface TagInput {
  readonly tag_name: string;
  readonly tag_value: string;
  readonly tag_type: string;
}

/** What was talked, and whether that led to something. */
export interface CallOutcome {
  readonly result: CallResult;
  /** Seconds. */
  readonly duration: number;
  /** Undefined: what the tags say. */
  readonly interested: boolean | undefined;
  readonly tags: readonly TagInput[];
}

/** Tag by which people say how interested somebody is. */
const INTEREST_TAG = "interest_level";
const INTERESTED = new Set(["high", "medium", "yes", "true", "高", "中", "有意向", "是"]);

/** Whether a call was of interest: as it is said, else by its `interest_level`; only somebody who talked can be interested. */
export function isInterested({
  result,
  interested,
  tags,
}: Pick<CallOutcome, "result" | "interested" | "tags">): boolean {
  if (interested !== undefined) return interested;
  const hasTag = tags.some(
    ({ tag_name: name, tag_value: value }) => name === INTEREST_TAG && INTERESTED.has(value.toLowerCase()),
  );
  return result === "connected" && hasTag;
}

/** What contradicts itself in a call. */
export function outcomeFaults({ result, duration, interested, tags }: CallOutcome): readonly InputIssue[] {
  const faults: InputIssue[] = [];
  if (duration > 0 && result !== "connected" && result !== "voicemail") {
    faults.push({ path: "duration", code: "call.duration", message: "a call that nobody took has no duration" });
  }
  if (interested === true && result !== "connected") {
    faults.push({
      path: "interested",
      code: "call.interested",
      message: "only a call that was connected can be of interest",
    });
  }
  const seen = new Set<string>();
  tags.forEach(({ tag_name: name, tag_value: value }, index) => {
    const key = JSON.stringify([name, value]);
    if (seen.has(key)) faults.push({ path: `tags.${index}`, code: "call.tag-twice", message: "stands there twice" });
    seen.add(key);
  });
  return faults;
}
