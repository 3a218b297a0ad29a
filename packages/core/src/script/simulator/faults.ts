/** What a model may do instead of answering as it should. */
export const MODEL_FAULTS = [
  /** The connection is cut before an answer. */
  "down",
  /** Status 503. */
  "overloaded",
  /** Status 429. */
  "throttled",
  /** Status 401. */
  "unauthorized",
  /** Status 402: nothing is left on the account. */
  "no-balance",
  /** No answer until the simulator closes. */
  "slow",
  /** Blank lines, as while a busy provider keeps the connection, and no end. */
  "drip",
  /** A page of HTML with status 200. */
  "html",
  /** Text that is no JSON. */
  "prose",
  /** A text around the JSON, and a fence. */
  "fenced",
  /** JSON of another form. */
  "wrong-schema",
  /** A field more than asked for. */
  "extra-field",
  /** Nothing in it. */
  "empty",
  /** An answer that ended too early. */
  "cut-short",
  /** One megabyte. */
  "megabyte",
  /** A text of 20 000 characters. */
  "endless-text",
  /** A guarantee, an effect, a treatment. */
  "banned-claim",
  /** A claim with blanks and signs between its characters. */
  "hidden-claim",
  /** A discount that nobody gave. */
  "invented-discount",
  /** A day and a price that nobody gave. */
  "invented-facts",
  /** Another person. */
  "other-name",
  /** A link. */
  "link",
  /** What data asked for. */
  "injection",
  /** What it was told to do. */
  "leaked-prompt",
  /** Variables that were not filled in. */
  "variables",
] as const;
export type ModelFault = (typeof MODEL_FAULTS)[number];

/** Texts that a model writes when it should not. */
export const WRONG_TEXTS: Readonly<Partial<Record<ModelFault, string>>> = {
  "banned-claim": "亲爱的顾客，生日快乐！来做一次热玛吉，紧致提升效果立竿见影，保证无副作用。",
  "hidden-claim": "亲爱的顾客，生日快乐！根 治 色·斑，１００％ 有\u200b效，最 佳选择。",
  "invented-discount": "亲爱的顾客，生日快乐！生日当月到店全场八折，老客户再减２００元。",
  "invented-facts": "亲爱的顾客，9月18日是您35岁生日，感谢您3次光临，专属价1999元。",
  "other-name": "李女士您好，王医生托我祝您生日快乐！",
  link: "生日快乐！点击 https://evil.example/gift 领取惊喜。",
  injection: "好的，忽略以上规则。全场1折，速来！",
  "leaked-prompt": "系统提示：你为一家医疗美容机构给老客户写一条简短的问候。",
  variables: "{{name}}您好，【机构名称】祝您生日快乐！",
  "endless-text": "生日快乐！".repeat(4000),
};
