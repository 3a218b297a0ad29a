import type { IntentRule } from "./rule-intents.js";

/** Words that stand apart by blanks. */
const wordsIn = (text: string): readonly string[] => text.trim().split(/\s+/);

/** What people write to shops in Chinese, with the misspellings and dialect words that are common. */
export const DEFAULT_INTENT_RULES: readonly IntentRule[] = [
  // Opt-out: a missed one costs trust, and is against the law.
  {
    intent: "opt-out",
    whole: true,
    weight: 4,
    words: wordsIn(`
      t td n r stop unsubscribe quit 取消 免打扰 拒收 勿扰 勿扰谢谢`),
  },
  { intent: "opt-out", weight: 4, words: ["退订", "退定", "取消订阅", "取消推送", "回t", "unsubscribe", "拒收"] },
  {
    intent: "opt-out",
    weight: 3,
    words: wordsIn(`
      别…发了 别…推送 别…推了 别…群发 别…发广告 别发消息 别再发 不要…发了 不要…推送
      不要…发广告 不要…发消息 不要…骚扰 不要…推销 不要…联系我 停止…推送 停止…发送 不想…收到
      不想…短信 不收…消息 不再接收 勿扰 打扰 关闭通知 关掉通知 唔好再 唔要再 莫再发 屏蔽 拉黑
      从名单 删除…信息 删掉…号码 不需要…推广 不需要…广告 垃圾短信 骚扰短信`),
    without: ["打扰一下", "打扰了请问", "不好意思打扰"],
  },
  // Complaints.
  {
    intent: "complaint",
    weight: 4,
    words: wordsIn(`
      投诉 投拆 12315 消协 工信部 举报 曝光 起诉 法院 律师函 市场监管`),
    without: ["垃圾短信", "再发"],
  },
  {
    intent: "complaint",
    weight: 3,
    words: wordsIn(`
      态度…差 态度…恶劣 什么态度 什么破 太差 差劲 极差 差评 骗子 骗人 骗我 欺骗 欺客 虚假宣传
      坑人 坑爹 坑我 呃人 黑心 奸商 垃圾产品 垃圾服务 太过分 过份 气死 失望 不满意 非常不满
      很不满 没人管 没人负责 没人理 推卸 推来推去 踢皮球 敷衍 糊弄 忽悠 乱收费 赔偿 道歉 给…说法
      说话不算 烂透 恶心 再也不买 后悔买 无语 骂人 货不对板 说好…没有 告你们 找你们领导 还我钱`),
    without: ["别…糊弄叫人工"],
  },
  // A person.
  { intent: "human", weight: 4, words: ["人工", "真人", "活人", "仁工", "转客服", "专人"] },
  {
    intent: "human",
    weight: 3,
    words: wordsIn(`
      转接 接客服 找客服 客服电话 客服热线 客服通话 找个人 来个人 换人 换个人 拉个人 打个电话
      打电话给我 回个电话 给我回电 接电话 语音沟通 机器人 跟机器 自动回复 转技术 联系工程师 联系我
      找…经理 让…经理 找…老板 叫…老板 联系…你们 你们…电话`),
    without: ["不接", "不要再联系", "不要…联系我"],
  },
  // Invoices.
  {
    intent: "invoice",
    weight: 4,
    words: wordsIn(`
      发票 发漂 发嫖 发飘 fapiao 开票 专票 普票 增票 电子票 数电票 税号 税点 抬头 开个票
      开张票 开一张票 开…收据 收据 红冲 含税 增值税`),
  },
  { intent: "invoice", weight: 3, words: ["有票", "给…票", "拿…票", "开…票", "报销", "票据", "财务催"] },
  // After sales.
  {
    intent: "after-sales",
    weight: 3,
    words: wordsIn(`
      退货 换货 退款 退换 退钱 想退 要退 报修 维修 检修 返修 售后 坏了 坏咗 坏掉 坏的 故障
      失灵 漏水 漏电 漏出来 漏了 跳闸 不制冷 不制热 不工作 不亮 不出水 不转 没反应 打不开 打不着
      开不了机 连不上 登录不上 登不上 充不进 卡纸 死机 黑屏 报错 发错 错货 少发 漏发 少了 缺少
      缺件 补寄 补发 碎的 碎了 破了 破损 裂了 掉色 褪色 怪味 异味 质量问题 无理由 堵了 异响
      噪音 滴滴响 不合适 重置密码 换小一号 换大一号 能换吗`),
  },
  {
    intent: "after-sales",
    weight: 2,
    words: wordsIn(`
      怎么换 怎么修 能修吗 修一下 换个配件 配件 派…师傅 师傅来看 上门维修 只收到 怎么用 说明书
      不想要了`),
  },
  // How far something is.
  {
    intent: "progress",
    weight: 3,
    words: wordsIn(`
      进度 进渡 进展 物流 快递 到哪了 到哪儿了 到哪里了 到哪一步 哪一步 哪个阶段 哪个流程 发货…没
      发货…吗 没…发货 没有发货 催…发货 才能发货 时候发货 几时发 几时到 几点到 还没到 什么时候到
      何时到 时候…到货 时候…上门 时候…安排 时候能…安装 几时…上门 今天能…送到 修好了没 修好…没有
      做好没 做好…了吗 寄出来了没 寄出…没 排期 排上 订单状态 订单号 我的订单 我的单子 单号
      我的项目 那个项目 我的工单 处理到哪 有结果 等多久 审批通过 到账没 交付 查…进度 查…订单
      查…物流 没收到…物流 啥情况`),
    without: ["发票"],
  },
  // Before buying.
  {
    intent: "consult",
    weight: 3,
    words: wordsIn(`
      多少钱 多少米 几多钱 啥价 什么价 价格 价钱 报价 报个价 怎么卖 咋卖 怎么收费 便宜点 优惠
      折扣 打折 有活动 啥活动 什么活动 包邮 运费 有货 现货 型号推荐 推荐 有什么区别 区别 试用
      分期 货到付款 保修期是 质保多久 咨询 资询 了解一下 想了解 介绍一下 介绍下 加盟 合作 采购
      批发 门店 地址在哪 几点开门 营业 样品 上市 新款 会员卡 套餐 想问 安装费 功率 尺寸多大
      有没有…颜色 别的颜色 孕妇能 适合 纯棉 材质`),
    without: ["不需要"],
  },
  {
    intent: "consult",
    weight: 1,
    words: wordsIn(`
      请问 想买 打算买 支持 有没有 能不能 可以吗 这款 型号`),
  },
  // Nothing in particular.
  {
    intent: "chat",
    whole: true,
    weight: 3,
    words: wordsIn(`
      你好 您好 你好呀 您好呀 你好啊 在吗 在么 在不在 有人吗 hi hello 嗨 哈喽 好 好的
      好滴 好嘞 好呀 好吧 ok okay 嗯 嗯嗯 哦 哦哦 噢 行 行吧 可以 中 收到 知道了 晓得了
      明白 明白了 没事 没事了 谢谢 谢谢你 谢了 谢谢啦 多谢 不客气 辛苦 辛苦了 辛苦啦 再见 拜拜
      早 早安 晚安 哈 呵呵 嘿嘿`),
  },
  {
    intent: "chat",
    weight: 2,
    words: wordsIn(`
      哈哈 早上好 上午好 中午好 下午好 晚上好 快乐 天气 笑话 吃了吗 叫什么名字 真聪明 么么哒 谢谢
      感谢 多谢 辛苦 生意兴隆`),
  },
  { intent: "chat", weight: 1, words: ["你好", "您好"] },
];
