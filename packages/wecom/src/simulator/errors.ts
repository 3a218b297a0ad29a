/** Short English texts for the codes that the simulator answers; meanings from document 90313. */
const errorTexts: Readonly<Record<number, string>> = {
  [-1]: "system busy",
  40001: "invalid credential",
  40003: "invalid userid",
  40004: "invalid media file type",
  40005: "invalid type parameter",
  40006: "invalid file size",
  40007: "invalid media_id",
  40009: "invalid image size",
  40010: "invalid voice size",
  40011: "invalid video size",
  40008: "invalid message type",
  40013: "invalid corpid",
  40014: "invalid access_token",
  40056: "invalid agentid",
  40058: "invalid request parameter",
  40063: "required parameter is empty",
  40068: "invalid tagid",
  40071: "tag name exists",
  40096: "invalid external userid",
  40126: "too many corp tags",
  40123: "broken media or length mismatch",
  41001: "access_token missing",
  41002: "corpid missing",
  41004: "secret missing",
  41006: "media_id missing",
  41009: "userid missing",
  41010: "url missing",
  41016: "title missing",
  41037: "invalid contact way type",
  41038: "invalid contact way scene",
  41039: "invalid contact way user",
  41042: "contact way does not exist",
  41046: "msgid missing",
  41047: "invalid msgid",
  41048: "no customer to send to",
  41050: "welcome code invalid or expired",
  41051: "chat has begun or welcome was sent",
  41063: "group message is being dispatched",
  41064: "too many attachments",
  41065: "invalid attachment type",
  41080: "attachment size over limit",
  41088: "empty attachments",
  41090: "not a valid mp4 file",
  41093: "group message is cancelled",
  41094: "remind times over limit",
  42001: "access_token expired",
  42052: "message can not be recalled any more",
  44001: "empty media data",
  44004: "empty content",
  45001: "media size out of limit",
  45009: "api freq out of limit",
  45033: "api concurrent out of limit",
  48002: "api forbidden",
  50100: "invalid cursor",
  60020: "not allow to access from your ip",
  60111: "userid not found",
  81011: "no privilege on the tag",
  81013: "user & party & tag all invalid",
  82001: "all of touser, toparty, totag are empty",
  84061: "not external contact",
  93000: "invalid webhook url",
  95000: "invalid open_kfid",
  95001: "send msg count limit",
  95002: "send msg session over time limit",
  95005: "msgid repeated",
  95007: "invalid msg token",
  301002: "not allow operate another agent with this accesstoken",
  701008: "no licence",
};

/** Thrown by a call's implementation to answer `errcode`; nothing of the call has taken effect. */
export class RefusedCall extends Error {
  /**
   * @param errcode non-zero code of the error table
   * @param detail replaces the table's text, e.g. to name the field
   */
  constructor(
    readonly errcode: number,
    detail?: string,
  ) {
    super(detail ?? errorText(errcode));
    this.name = "RefusedCall";
  }
}

/** Text of a code; codes without an entry read `error <code>`. */
function errorText(errcode: number): string {
  return errorTexts[errcode] ?? `error ${errcode}`;
}

/**
 * The body of a failed call, in the provider's shape: text, trace id, caller's address, link.
 *
 * @param hint digits of the trace id that the provider's support asks for
 * @see https://developer.work.weixin.qq.com/document/path/90930
 */
export function errorReply(
  errcode: number,
  text: string,
  hint: string,
  ip: string,
): { errcode: number; errmsg: string } {
  const link = `https://open.work.weixin.qq.com/devtool/query?e=${errcode}`;
  return { errcode, errmsg: `${text}, hint: [${hint}], from ip: ${ip}, more info at ${link}` };
}

/** 40058 in the form that names a field and its limit. */
export function tooLong(field: string, max: number): RefusedCall {
  return new RefusedCall(40058, `field \`${field}\` exceed max length ${max}`);
}

/** 40058 for a field of the wrong JSON type. @see https://developer.work.weixin.qq.com/document/path/90455 */
export function wrongType(field: string, expected: string): RefusedCall {
  return new RefusedCall(40058, `Warning: wrong json format. field \`${field}\` expect type ${expected}`);
}
