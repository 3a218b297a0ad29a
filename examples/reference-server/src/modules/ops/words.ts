import type { BatchState, DeliveryState, OccurrenceKind, OccurrenceState, RuleStatus } from "@recallkit/core";
import { reasonSentence } from "@recallkit/core/people";
import type { CommandContext } from "../../cli/command.js";

type Say = CommandContext["say"];
type State = BatchState | DeliveryState | OccurrenceState | RuleStatus;

/** States of rules, occurrences, batches and deliveries in Chinese; in English they are told as they are. */
const STATES: Readonly<Record<State, string>> = {
  active: "进行中",
  paused: "已停下",
  planned: "待触发",
  snapshotting: "取人群",
  running: "运行中",
  completed: "完成",
  completed_with_errors: "完成（有失败）",
  skipped: "未触发",
  cancelled: "已取消",
  queued: "排队",
  in_batch: "入批",
  pending: "待发送",
  leased: "处理中",
  dispatching: "发送中",
  accepted: "已受理",
  delivered: "已送达",
  not_delivered: "未送达",
  rejected: "被拒绝",
  failed: "失败",
  unknown: "结果未知",
  reconciling: "核对中",
  needs_review: "待复核",
  suppressed: "未发送",
  expired: "已过期",
  dead: "死信",
};

/** What made an occurrence, in Chinese. */
const KINDS: Readonly<Record<OccurrenceKind, string>> = {
  slot: "定时",
  manual: "手动",
  list: "名单",
  revisit: "回访",
  test: "测试",
};

/** Reasons of occurrences and batches, in Chinese. */
const REASONS: Readonly<Record<string, string>> = {
  rule_paused: "规则已暂停",
  rule_deleted: "规则已删除",
  missed_catch_up: "停机过久，错过补发窗口",
  empty_audience: "没有人符合条件",
  nobody_left: "没有可发的人",
  overlap: "上一次尚未结束",
  all_refused: "全部被拒绝",
  lost: "答复丢失",
  redriven: "已重试",
  rate_limited: "被限流",
};

/** A state, with its reason where it has one. */
export function stateText(state: State, reason: string | null, say: Say): string {
  const word = say(STATES[state], state);
  if (reason === null) return word;
  return say(`${word}（${REASONS[reason] ?? reasonSentence(reason)?.zh ?? reason}）`, `${word} (${reason})`);
}

/** What made an occurrence. */
export function kindText(kind: OccurrenceKind, say: Say): string {
  return say(KINDS[kind], kind);
}

/** States with how many there are of each. */
export function countsText(counts: Readonly<Partial<Record<State, number>>>, say: Say): string {
  // The keys of the object are those of its type.
  const names = Object.keys(counts) as State[];
  return names.map((name) => `${stateText(name, null, say)} ${counts[name]}`).join(say("，", ", "));
}
