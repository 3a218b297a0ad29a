import { escapeMarkup } from "@recallkit/core/ports";
import { pageTime, simulatorPage } from "./page-style.js";

/** One message as its reader sees it. */
export interface MessageCard {
  readonly to: string;
  readonly title: string;
  readonly text: string;
  readonly at: number;
}

const STYLE =
  ".card header{display:flex;gap:12px;justify-content:space-between;padding:0 0 6px;color:var(--soft);font-size:14px}.card h3{margin:0 0 4px;font-size:16px}";
const MOST = 200;

/** What arrived, newest first. */
export function messagesPage(title: string, messages: readonly MessageCard[]): string {
  const shown = messages.toReversed().slice(0, MOST);
  const cards = shown
    .map(
      ({ to, title: heading, text, at }) =>
        `<section class="card"><header><span>${escapeMarkup(to)}</span><span>${pageTime(at)}</span></header>${heading === "" ? "" : `<h3>${escapeMarkup(heading)}</h3>`}<pre>${escapeMarkup(text)}</pre></section>`,
    )
    .join("");
  return simulatorPage(
    title,
    `<header><h1>${escapeMarkup(title)}</h1><p>模拟器收到的消息，没有发给任何人。What the simulator took; nothing was sent to anybody.</p><p>${messages.length} 条消息</p></header><main>${cards || '<div class="none">还没有消息 · no message yet</div>'}</main>`,
    STYLE,
  );
}
