// What the documentation shows.
export const runExample = {
  ...{ run_id: 7, found: 12, written: 10, test_mode: false, institution_code: "BJ-HA-001" },
  skipped: [
    { customer_code: "BJ-HA-001-C0001", reason: "already_sent" as const },
    { customer_code: "BJ-HA-001-C0002", reason: "no_address" as const },
  ],
  ...{ state: "completed" as const, kind: "manual" as const, mode: "auto" as const, local_day: "2026-01-01" },
  ...{ days_ahead: 7, caught_up_days: 0, skipped_total: 2, states: { planned: 10 }, error: null },
  ...{ started_by: "user:1", started_at: 1_767_225_600_000, finished_at: 1_767_225_601_000 },
};

export const settingsExample = {
  ...{ institution_code: "BJ-HA-001", mode: "approve" as const, days_ahead: 7, leap_day: "feb28" as const },
  ...{ leap_month: "leap-month-first" as const, thirtieth: "last-day" as const },
  ...{ channels: ["wecom" as const, "sms" as const], updated_at: 1_767_225_600_000, updated_by: "user:1" },
};

export const revisitExample = {
  ...{ id: 3, customer_code: "BJ-HA-001-C0001", name: "张三", birthday_on: "2026-01-05", birthday_year: 2026 },
  ...{ run_id: 7, state: "waiting" as const, channel: "sms" as const, text: "张女士，您好！祝您生日快乐。" },
  ...{ text_source: "template" as const, script_id: 9, occurrence_id: null, reason: null, decided_by: null },
  ...{ decided_at: null, delivery: null, created_at: 1_767_225_600_000, updated_at: 1_767_225_600_000 },
};

export const upcomingExample = {
  ...{ customer_code: "BJ-HA-001-C0001", name: "张三", birthday: "05-15", calendar: "solar" as const },
  ...{ birthday_on: "2026-05-15", birthday_year: 2026, days_left: 3, revisit: null },
};

export const customerExample = {
  customer_code: "BJ-HA-001-C0001",
  person: { name: "张三", gender: "女", birthday: "1990-05-15", phone: "****8000" },
  ...{ vip_level: "金卡", source: "朋友推荐", created_at: 1_767_225_600_000, updated_at: 1_767_225_600_000 },
};

const figures = {
  ...{ customers: 120, upcoming_birthdays: 4, runs: 30, found: 40, written: 38, waiting: 2, planned: 1, sent: 33 },
  ...{ delivered: 31, not_sent: 1, rejected: 1, expired: 0, written_by_model: 12, sent_rate: 0.8684 },
};
export const dashboardExample = {
  ...{ from: "2025-12-03", to: "2026-01-01", total: figures, days: [{ day: "2026-01-01", found: 2, sent: 1 }] },
  institutions: [{ institution_code: "BJ-HA-001", name: "北京示例医美诊所", mode: "auto" as const, ...figures }],
};
