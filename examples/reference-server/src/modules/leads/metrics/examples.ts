import { packageExample } from "../packages/schema.js";

const counts = {
  total_calls: 200,
  connected_calls: 120,
  interested_calls: 30,
  total_duration: 9600,
  avg_contact_rate: 0.6,
  avg_interest_rate: 0.25,
  interested_share: 0.15,
  avg_call_duration: 80,
};
const money = { total_cost: 2500, total_revenue: 5000, roi: 1 };

export const dashboardExample = {
  time_zone: "Asia/Shanghai",
  currency: "CNY",
  total_packages: 1,
  total_leads: 1000,
  valid_leads: 900,
  ...counts,
  ...money,
  cost_per_contact: 20.83,
  cost_per_interest: 83.33,
  today: { date: "2026-01-01", ...counts },
  tasks: { pending: 0, in_progress: 1, completed: 0, cancelled: 0 },
  top_packages: [packageExample],
  agents: [
    {
      agent: "merchant_username",
      total_calls: 200,
      connected_calls: 120,
      interested_calls: 30,
      total_duration: 9600,
      active_hours: 8,
      contact_rate: 0.6,
      calls_per_hour: 25,
      occupancy: 0.333333,
    },
  ],
};

export const trendsExample = {
  granularity: "day" as const,
  time_zone: "Asia/Shanghai",
  items: [{ period: "2026-01-01", ...counts }],
};

export const summaryExample = {
  id: 1,
  date: "2026-01-01",
  time_zone: "Asia/Shanghai",
  total_packages: 1,
  new_packages: 1,
  total_leads: 1000,
  ...counts,
  ...money,
  created_at: 1_767_225_600_000,
  updated_at: 1_767_225_600_000,
};

const cell = {
  weekday: 4,
  hour: 10,
  total_calls: 200,
  connected_calls: 120,
  interested_calls: 30,
  contact_rate: 0.6,
  interest_rate: 0.25,
};

export const packageStatsExample = {
  package: packageExample,
  ...counts,
  results: { connected: 120, voicemail: 10, busy: 20, no_answer: 40, rejected: 10 },
  funnel: [
    { step: "total_leads", count: 1000, rate: null },
    { step: "valid_leads", count: 900, rate: 0.9 },
    { step: "total_calls", count: 200, rate: 0.222222 },
    { step: "connected_calls", count: 120, rate: 0.6 },
    { step: "interested_calls", count: 30, rate: 0.25 },
  ],
  leads: { loaded: 900, called: 200, callable: 700, by_state: { ready: 700, done: 200 }, penetration: 0.222222 },
  tags: [
    {
      id: 1,
      package_id: 1,
      tag_name: "interest_level",
      tag_value: "high",
      tag_count: 30,
      percentage: 0.15,
      created_at: 1_767_225_600_000,
      updated_at: 1_767_225_600_000,
    },
  ],
  hours: [cell],
  weekdays: [{ ...cell, hour: null }],
  first_day: "2026-01-01",
  last_day: "2026-01-01",
  total_revenue: 5000,
  roi: 1,
};
