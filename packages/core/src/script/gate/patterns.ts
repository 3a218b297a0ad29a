import type { FindingSeverity } from "./finding.js";

/** A rule that words alone can't say. */
export interface GatePattern {
  /** What is wrong. */
  readonly code: string;
  readonly severity: FindingSeverity;
  readonly source: string;
  /** `words`: over the text without blanks and punctuation; `text`: with punctuation. Always with `g`, and with `u` where it names classes. */
  readonly over: "words" | "text";
  readonly pattern: RegExp;
}

const REPAIRABLE: ReadonlySet<string> = new Set(["date", "number", "variable"]);

const TRUTH = "广告法 第四条、第二十八条：内容应当真实";
const PROMOTION = "医疗广告管理办法 第三条；医疗美容广告执法指南（2021）：促销须经审查并标明文号";
const CRAFT = "文案规则：不由机构核对的内容不发送";

// Digits, with the letters that pass for them; numbers in characters, those of cheques too.
const D = "[\\doil]";
const N = "[零〇一二两三四五六七八九十百千万壹贰叁肆伍陆柒捌玖拾佰仟]";

/** Prices, discounts and offers. */
const MONEY: readonly GatePattern[] = [
  words("price", `[¥$€£]${D}+`, PROMOTION),
  words("price", `(?=[oil]*\\d)${D}+(?:元(?![旦气宵月素老首帅宝])|块|圆|rmb|cny|usd|人民币|美元|美金)`, PROMOTION),
  words("price", `(?:rmb|cny|usd)${D}`, PROMOTION),
  words("price", `${N}+(?:元(?![旦气宵月素老首帅宝复始])|圆整|块钱|万元)`, PROMOTION),
  words("price", `${N}*[十百千万]${N}*块|(?:只需|只要|仅需|仅要|花)${N}{2,}|[零0]元`, PROMOTION),
  words("price", "(?:总|价)值(?:为|高达|超过|约)?[\\d零一二两三四五六七八九十百千万]+", PROMOTION),
  words("discount", `(?:${D}|[零〇一二两三四五六七八九半壹贰叁肆伍陆柒捌玖点几对])+折(?![腾叠射磨服])`, PROMOTION),
  words("discount", `${D}+(?:zhe|z(?![a-z]))`, PROMOTION),
  words("discount", "百分之(?:[\\d零一二两三四五六七八九十百]|点)", PROMOTION),
  words("discount", "(?=[oil]*\\d)[\\doil]+[%‰]|[%‰]off|\\d+off(?![a-z])", PROMOTION),
  words("discount", `(?:满|减|省|抵|返)(?=[oil]*\\d)${D}+`, PROMOTION),
  words("discount", "买[一二两三\\d][送赠]|第[二2]件|[一二三\\d]人同行", PROMOTION),
];

/** Offers that no single word tells. */
const OFFERS: readonly GatePattern[] = [
  words(
    "promotion",
    "(?:准备|备|奉|送|领|赠)(?:好)?(?:了|上|到|取)?(?:一|两)?[份个项张]?.{0,8}?(?:礼|券|惊喜|红包|福袋|好物)(?!貌|仪|拜|服)",
    PROMOTION,
    "repair",
  ),
  words("promotion", "(?:欢迎|期待|等|邀请?)您?.{0,6}(?:预约|到店|来店|到院|来院|体验|选购|下单|咨询)", PROMOTION),
];

/** Days, hours and figures. What of them the facts say is taken out afterwards. */
const FIGURES: readonly GatePattern[] = [
  text("date", "\\d{1,4}年|\\d{1,2}月|\\d{1,2}[日号]|\\d{1,2}点(?!滴)|\\d{1,2}[:：]\\d{2}", TRUTH),
  text("date", "\\d{1,4}[-/.]\\d{1,2}(?:[-/.]\\d{1,4})?", TRUTH),
  words("date", "[一二三四五六七八九十]{1,2}月(?:[一二三四五六七八九十廿]{1,3}[日号]?)?(?![亮光色老饼份])", TRUTH),
  words("date", "[二三四五六七八九十廿][一二三四五六七八九十]?[日号](?!子)", TRUTH),
  words(
    "date",
    "(?:[本这下上]个?)?(?:周|星期|礼拜)[一二三四五六日天]|下个?(?:周|月|星期)|月底|月初|年底前|截止|截至",
    TRUTH,
  ),
  words("date", "[一二两三四五六七八九十]{1,2}(?:个)?(?:周|星期|礼拜|月)(?:后|之后|以后|内|前)", TRUTH),
  words(
    "date",
    "\\d{1,3}天|[二两三四五六七八九十][一二三四五六七八九十]{0,2}天(?![天下])|(?:还有|再过|剩下?)一天|一天(?:后|之后)",
    TRUTH,
  ),
  words(
    "date",
    "(?:今天|今日|明天|明日|后天|昨天|昨日|次日)(?:就|正|便)?(?:是|为|迎来|过).{0,6}?(?:生日|寿辰|诞辰|生辰)|(?:生日|寿辰|生辰)(?:就|正)?(?:在|是|为)(?:今天|今日|明天|明日|后天|昨天)",
    TRUTH,
  ),
  words(
    "date",
    "春节|元旦|国庆节?|中秋|圣诞|情人节|端午|清明节|七夕|母亲节|妇女节|女神节|女王节|双十一|上次|上回|去年|昨天",
    TRUTH,
  ),
  words("number", "[一二两三四五六七八九][百千万][零一二三四五六七八九十百]+|[一二两三四五六七八九十]+倍", TRUTH),
  words("number", "[两二三四五六七八九十]{1,3}(?:多)?年(?:来|里|间|的?陪伴|了)", TRUTH),
  words("number", "[二三四五六七八九十]{1,3}(?:周)?岁", TRUTH),
  words("number", "[两二三四五六七八九十]{1,3}次|第[一二三四五六七八九十]{1,3}(?:次|回|年)", TRUTH),
];

/** What leads somewhere, or shows how the text was made. */
const TRACES: readonly GatePattern[] = [
  text("link", "https?:|ftp:|www\\.|:\\/\\/|[a-z0-9-]+@[a-z0-9-]+\\.", CRAFT),
  text(
    "link",
    "[a-z0-9\\u4e00-\\u9fff][a-z0-9-]*[.。](?:com|cn|net|org|top|xyz|vip|shop|cc|me|io|info|site|club|link|ly|co|tv|app|ltd|wang|fun|中国|公司)(?![a-z])",
    CRAFT,
  ),
  words(
    "link",
    "点击|戳这|戳我|扫码|扫一扫|二维码|链接|短链|加微信?|微信号|v信|薇信|vx(?![a-z])|wechat|复制.{0,6}打开|小程序|公众号|关注我们|私信",
    CRAFT,
  ),
  text("link", "回复?[“\"'「]?[a-z\\d]|回t|退订", CRAFT),
  text("variable", "\\{\\{|\\}\\}|\\$\\{|\\{[a-z_]+\\}|<\\/?[a-z!][^>]*>|%[sd](?![a-z])", CRAFT),
  text(
    "variable",
    "[\\[【(（<《「][^\\]】)）>》」]{0,8}(?:姓名|名字|称呼|客户名|机构名|日期|电话|链接|占位)[^\\]】)）>》」]{0,6}[\\]】)）>》」]",
    CRAFT,
  ),
  text("variable", "(?<![a-z])(?:undefined|null|nan|x{2,}|n\\/a|todo)(?![a-z])|某某|××|[×x]{2,}(?=女士|先生)", CRAFT),
  text("echo", '```|<\\||\\|>|<<<|>>>|^[{\\[]|[}\\]]$|"text"|#{2,}|\\*\\*', CRAFT),
  words("echo", "(?:忽略|无视|忘记|忘掉|绕过).{0,10}(?:规则|指令|要求|以上|之前|限制|设定)", CRAFT),
  words(
    "echo",
    "系统提示|提示词|作为(?:一个|一名|一款)?(?:ai|人工智能|语言模型)|语言模型|人工智能助手|根据(?:您|你)(?:提供|给出)的(?:资料|信息|要求)",
    CRAFT,
  ),
  words(
    "echo",
    "system(?:prompt|message)|ignore.{0,20}(?:rule|instruction|previous|above)|disregard.{0,20}(?:rule|instruction)|asanai|jailbreak|developermode",
    CRAFT,
  ),
  words("echo", "(?:以下|下面|这)是.{0,8}(?:文案|话术|短信|祝福语|内容)|文案如下|好的我(?:会|将|来)", CRAFT),
];

/** Numbers that one can ring. */
const PHONES: readonly GatePattern[] = [
  words("phone", `(?=(?:[oil]*\\d){5})${D}{7,}`, CRAFT),
  words("phone", "[零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖]{7,}", CRAFT),
  words("phone", "(?:热线|电话|来电|致电|拨打|手机号)", CRAFT, "repair"),
];

/** What may follow when the institution speaks of itself in a greeting: it wishes, thanks and remembers. */
const WISHES =
  "全体|大家|一起|一同|一直|始终|会一直|都|也|提前|在此|衷心|由衷|真诚|诚挚|谨|祝|愿|为您(?:祝|欢|高兴|送上|准备了?(?:满满|一份|最|真)?的?祝福)|感谢|感恩|珍惜|送上|送去|送给|奉上|向您|想对您|想念|惦|的(?:祝福|心意|问候|牵挂|心|老朋友|朋友)|记得|期待(?:与|和|再)|陪|的(?:支持|信任|理解|关爱|帮助)|和您|与您|同在|[，。！,.!]|$";

/** What greetings do not say, though each of its characters is usual: of models' texts only. */
export const UNUSUAL_TURNS: readonly GatePattern[] = [
  words(
    "unusual",
    `我们(?!${WISHES})|本院|我院|本店|这里(?=[^的]{0,4}(?:开|有|就|能|可))|由我们|选我们|靠我们`,
    CRAFT,
    "repair",
  ),
  words(
    "unusual",
    "(?:从此|从这里|从今天)开始|只要您|只需|您(?:可以|需要|只要|离|只差)|随便|任意|请客|以内|破例|秘诀|秘密|办法",
    CRAFT,
    "repair",
  ),
  words(
    "unusual",
    "留住青春|做了就|的钱|快来|来吧|来取|(?:时光|岁月|时间)(?:带走|夺走|偷走)|面容|双手|年轻起来|慢下来|停下|不收|都有份|可用|心意金|全新的您|程序|我只是|照顾(?!好自己|自己|家人)|来(?:重拾|找回|看看|试试|坐坐|一趟|帮|做|这|我)|容颜|面若|五官|手法|青春(?:不会|的秘)|(?:女士|先生|位)更",
    CRAFT,
    "repair",
  ),
  words("unusual", "[可能](?:抵|免|减|兑|换|享)|[价卖购]|仅供参考|版本|以上内容|参考", CRAFT, "repair"),
];

/** All rules that are no words. */
export const GATE_PATTERNS: readonly GatePattern[] = [...MONEY, ...OFFERS, ...FIGURES, ...TRACES, ...PHONES];

/** Codes that the facts given can excuse. */
export const FACTUAL_CODES: ReadonlySet<string> = new Set(["date", "number"]);

function words(code: string, pattern: string, source: string, severity?: FindingSeverity): GatePattern {
  return made(code, pattern, source, "words", severity);
}

function text(code: string, pattern: string, source: string): GatePattern {
  return made(code, pattern, source, "text");
}

function made(
  code: string,
  pattern: string,
  source: string,
  over: GatePattern["over"],
  severity: FindingSeverity = REPAIRABLE.has(code) ? "repair" : "refuse",
): GatePattern {
  return { code, severity, source, over, pattern: new RegExp(pattern, "gu") };
}
