import * as z from "zod";

/** A token in a path; any other text leads to the page of unknown links. */
export const tokenParams = z.strictObject({ token: z.string().max(200) });

/** What a claim takes, as JSON or as a form. */
export const claimBody = z.strictObject({
  token: z.string().min(1).max(200).describe("落地页链接里的 token / token of the link"),
  username: z.string().trim().max(255).optional().describe("召回时的用户名 / name the recall was made for"),
});

/** A claim that came to a code. */
export const claimAnswer = z.strictObject({
  status_code: z.literal("200"),
  message: z.string(),
  already_claimed: z.boolean().describe("此前已领取，券码不变 / it was claimed before"),
  code: z.string().describe("券码 / what the person shows"),
  coupon_id: z.int(),
  valid_until: z.string().describe("失效时刻 / from when on it can't be used"),
});

/** A claim that came to nothing. */
export const claimRefusal = z.strictObject({
  status_code: z.string().describe("HTTP 状态码，字符串 / HTTP status as a string"),
  message: z.string(),
});

/** What a form of eight characters takes. */
export const codeBody = z.strictObject({ code: z.string().trim().max(40) });

/** What ends messages: the page's button, or a mail program's one click. */
export const refuseBody = z.object({
  scope: z.enum(["channel", "all"]).optional(),
  "List-Unsubscribe": z.string().max(40).optional(),
});
