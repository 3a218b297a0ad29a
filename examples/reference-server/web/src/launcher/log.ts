import { shallowRef } from "vue";

/** A line of what the launcher did. */
export interface LogLine {
  readonly id: number;
  readonly at: number;
  readonly mark: "✓" | "✕" | "○" | "·";
  readonly text: string;
}

/** As many as somebody reads. */
const MOST = 200;

/** What was done since the page was opened, over all its tabs. Answers of the server hold no secrets. */
export const lines = shallowRef<readonly LogLine[]>([]);
let count = 0;

export function note(mark: LogLine["mark"], text: string): void {
  count += 1;
  lines.value = [...lines.value, { id: count, at: Date.now(), mark, text }].slice(-MOST);
}
