const AT = 1_767_225_600_000;
const source = "医疗广告管理办法 第七条（一）、广告法 第十七条：医疗技术、诊疗方法";

export const personExample = {
  ...{ surname: "张", title: "女士", days_to_birthday: 7, vip_level: "金卡", salon_name: "北京XX医美诊所" },
  channel: "sms" as const,
};

export const checkExample = {
  request: { ...personExample, text: "张女士，生日快乐，来做一次水光吧。" },
  response: {
    verdict: "refuse" as const,
    findings: [{ code: "technique", severity: "refuse" as const, start: 13, end: 15, words: "水光", source }],
  },
};

export const scriptExample = {
  ...{ id: 8, purpose: "birthday", channel: "sms", customer_id: 17, template_id: null, engine: "model" as const },
  text: "张女士您好，还有7天就是您的生日，北京XX医美诊所祝您生日快乐，平安喜乐。",
  ...{ model: "deepseek-chat", is_model_written: true, verdict: "pass" as const, findings: [], cost: 0.0012 },
  input_hash: "0f5a0c2f6d1f5b0f2b0a7d0a3c2c9d1c8a4f0e9b7d6c5a4b3c2d1e0f9a8b7c6d",
  ...{ tokens: { prompt: 420, completion: 60 }, created_at: AT },
};

export const detailExample = { ...scriptExample, prompt: ['[{"role":"system","content":"…"}]'], drafts: [] };

export const templateExample = {
  ...{ id: 3, purpose: "birthday" as const, name: "温馨祝福", is_active: true, review_certificate_no: null },
  text: "{{surname|尊敬的}}{{title|顾客}}，{{salonName|我们}}祝您生日快乐。",
  ...{ created_by: "user:1", created_at: AT, updated_at: AT },
};

export const wordExample = {
  ...{ id: 2, kind: "add" as const, word: "小鹿妆", severity: "refuse" as const, reason: "本院项目名，不在祝福中出现" },
  ...{ created_by: "user:1", created_at: AT },
};

const widened = [{ fact: "city" as const, reason: "问候中提及所在城市，已取得单独同意" }];
export const settingsExample = {
  request: { engine: "model" as const, daily_tokens: 200_000, widened },
  response: {
    ...{ engine: "model" as const, model: null, daily_tokens: 200_000, daily_cost: null, max_segments: 3 },
    widened: [
      { fact: "city" as const, reason: "问候中提及所在城市，已取得单独同意", recorded_by: "user:1", recorded_at: AT },
    ],
    is_model_configured: true,
    today: { calls: 3, tokens: 1440, cost: 0.0036 },
  },
};
