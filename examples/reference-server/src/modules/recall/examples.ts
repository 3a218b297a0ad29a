const AT = 1_767_225_600_000;

export const taskExample = {
  id: 12,
  name: "召回任务 2026-01-01",
  send_at: AT,
  accepted: 1,
  rejected: 0,
  resend_of: null,
  created_by: "user:1",
  created_at: AT,
};

export const statusExample = {
  ...taskExample,
  state: "completed" as const,
  deliveries: { delivered: 1 },
  parts: [
    {
      ...{ number: 0, channel: "sms", coupon_id: 1, rule_id: 3, occurrence_id: 7, people: 1, state: "completed" },
      deliveries: { delivered: 1 },
    },
  ],
};

export const reportExample = {
  ...{ recall_task_id: 12, people: 1, accepted: 1, delivered: 1, failed: 0, suppressed: 0, unknown: 0, waiting: 0 },
  ...{ viewed: 1, clicked: 1, claimed: 1, redeemed: 0, orders: 0, buyers: 0, revenue_minor: 0 },
};

export const ordersExample = {
  request: {
    orders: [{ merchant_id: 1, user_name: "张三", order_amount: 100, order_time: "2024-01-01 12:00:00" }],
  },
  response: {
    status_code: "200",
    message: "订单创建成功",
    data: { created: 1, updated: 0, unchanged: 0, unnumbered: 1, rejected: [] },
  },
};
