import type { ReceiveQuota } from "@recallkit/core/ports";

/** `week:7` as a quota. The form is checked. */
export function receiveQuotaOf(text: string | undefined): ReceiveQuota | "off" | undefined {
  if (text === undefined || text === "off") return text;
  const [window = "", max] = text.split(":");
  return { window: window === "day" || window === "week" ? window : "month", max: Number(max) };
}
