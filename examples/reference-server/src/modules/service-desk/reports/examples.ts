// Reports as the documentation shows them.

const period = { from: "2026-01-01", to: "2026-01-31" } as const;

export const salesExample = {
  ...period,
  currency: "CNY",
  by_stage: [
    { stage: "pre_sales" as const, projects: 12, value: 150_000 },
    { stage: "in_sales" as const, projects: 5, value: 64_000 },
    { stage: "after_sales" as const, projects: 3, value: 38_400 },
    { stage: "lost" as const, projects: 1, value: 8000 },
    { stage: "closed" as const, projects: 0, value: 0 },
  ],
  by_owner: [{ owner_id: 1, projects: 17, value: 214_000 }],
  by_source: [{ source: "公众号", projects: 17, value: 214_000 }],
  by_period: [{ month: "2026-01", created: 21, won: 3, lost: 1 }],
  conversion: [
    { from: "pre_sales" as const, to: "in_sales" as const, entered: 21, reached: 8, rate: 8 / 21 },
    { from: "in_sales" as const, to: "after_sales" as const, entered: 8, reached: 3, rate: 0.375 },
  ],
  average_days: [{ stage: "pre_sales" as const, left: 9, days: 4.5 }],
  win_rate: { won: 3, lost: 1, rate: 0.75 },
  forecast: [
    { month: "2026-02", stage: "in_sales" as const, projects: 5, value: 64_000, chance: 0.75, weighted: 48_000 },
  ],
};

export const satisfactionExample = {
  ...period,
  rated: 4,
  average: 4.5,
  stars: [1, 2, 3, 4, 5].map((stars) => ({ stars, rated: stars < 4 ? 0 : 2 })),
  confirmed: 8,
  response_rate: 0.5,
  by_staff: [{ staff_id: 1, rated: 4, average: 4.5 }],
  by_kind: [{ kind: "after_sales", rated: 4, average: 4.5 }],
};

const sla = {
  opened: 20,
  reopened: 1,
  first_answer: { in_time: 18, late: 1, running: 1, rate: 18 / 19 },
  solution: { in_time: 15, late: 0, running: 5, rate: 1 },
};

export const slaExample = {
  ...period,
  ...sla,
  by_priority: [{ priority: "normal", ...sla }],
  by_staff: [{ staff_id: 1, ...sla }],
};
