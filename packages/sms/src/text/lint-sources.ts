/** Who says that something is wrong. */
export interface LintSource {
  readonly name: string;
  readonly url: string;
}

/** Rules of providers and carriers change by notice: what they say today stands at these addresses. */
export const LINT_SOURCES = {
  yunpian: { name: "云片 API v2", url: "https://www.yunpian.com/official/document/sms/zh_CN/returnvalue_list" },
  aliyun: { name: "阿里云短信模板规范", url: "https://help.aliyun.com/document_detail/463270.html" },
  tencent: { name: "腾讯云短信正文模板审核标准", url: "https://cloud.tencent.com/document/product/382/39023" },
  carriers: { name: "运营商引流内容治理通知", url: "https://cloud.baidu.com/doc/SMS/index.html" },
  advertisingLaw: { name: "中华人民共和国广告法 第四十三条", url: "https://flk.npc.gov.cn/" },
} as const satisfies Record<string, LintSource>;
