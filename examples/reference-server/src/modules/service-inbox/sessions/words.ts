/** What people read who write to us, beside what the router says. */
export const WORDS = {
  textOnly: "暂时只能看懂文字消息，请把您的问题打成文字；回复“人工”可以找客服。",
  forwarded: "已收到，并转给正在为您服务的同事。",
  staffTextOnly: "命令请用文字发送，发送 #帮助 查看全部命令。",
  unbound: "已解除绑定。",
  notBound: "您还没有绑定手机号。",
  codeRequests: {
    sent: "如果该号码是我们的客户，验证码已发送到手机，5分钟内有效，请直接回复6位数字。",
    "too-many": "获取次数过多，请一小时后再试。",
    "no-number": "手机号不正确，请回复“绑定 手机号”，例如：绑定 13800138000。",
  },
  codeTries: {
    bound: "绑定成功，现在可以直接查询您的项目和订单进度。",
    already: "您已经绑定过这个号码了。",
    conflict: "该号码已绑定其他微信，已提交同事核对，结果会尽快告知您。",
    wrong: "验证码不正确，请重新输入。",
    expired: "验证码已失效，请重新获取。",
  },
  askRating: "请回复 1–5 为我们的服务打分（5 为非常满意），可以附上一句评价；如果没有解决，请回复“未解决”。",
  rated: "感谢您的评价！",
  reopened: "好的，已重新为您处理。",
  confirmed: "感谢您的确认！请回复 1–5 为我们的服务打分。",
} as const;
