import { textOf } from "./encoding.js";

// The most frequent characters of running Chinese, then those of names, places and trade.
const SIMPLIFIED =
  "的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可里后小么心多天而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高意进把法此实回二理美点月明其种声全工己话儿者向情部正名定女问力机给等几很业最间新什打便位因重被走电四第门相次东政海口使教西再平真听世气信北少关并内加化由却代军产入先山五太水万市眼体别处总才场师书比住员九笑性通目华报立马命张活难神数件安表原车白应路期叫死常提感金何更反合放做系计或司利受光王果亲界及今京务制解各任至清物台象记边共风战干接它许八特觉望直服毛林题建南度统色字请交爱让认算论百吃义科怎元社术结六功指思非流每青管夫连远资队跟带花快条院变联言权往展该领传近留红治决周保达办运武半候七必城父强步完革深区即求品士转量空甚众技轻程告江语英基派满式李息写呢识极令黄德收脸钱党倒未持取设始版双历越史商千片容研像找友孩站广改议形委早房音火际则首单据导影失拿网香似斯专石若兵弟谁校读志飞观争究包组造落视济喜离虽坏兴切待" +
  "订单编号码客户姓名手机电话金额付款下单时间日期状态店铺门店仓库商品类目品牌会员等级生日微信昵称地址省市区县镇街道备注退款完成发货收货已取消支付宝淘天猫京东拼多有赞数量价格优惠券实收应积分标签性别男女邮箱快递物流买家卖家交易创建流水合计导出报序渠道来源余额消费次最近注册推荐" +
  "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂玲梅华建婷雪玉红梓涵浩宇轩欣怡" +
  "上海北京天津重庆广州深圳杭州南京苏州成都武汉西安郑州长沙青岛宁波厦门福建浙江江苏山东河南河北湖南湖北四川云贵陕甘肃青辽宁吉林黑龙江安徽内蒙古新疆西藏海南台湾香港澳沪粤" +
  "猫狗粮砂食零衣服鞋包奶茶咖啡酒水果蔬菜肉蛋面膜护肤化妆洗发沐浴纸巾玩具书笔药健康母婴童装男女款号袋盒瓶箱件套装克升颜色尺码大小红黑白蓝绿";
const TRADITIONAL =
  "這來國個說們為時會著過學對裡後麼還發當無開見經頭動兩長樣現將與進實點種聲話兒問機給幾業間電門東聽氣關並內卻軍產萬體別處總場師書員報馬張難數應車親務記邊風戰幹許覺統請愛讓認論義術結連遠資隊帶條變聯權該領傳運強決達辦區轉眾輕語滿識極黃臉錢黨設雙歷廣議房際則單據導網專誰讀飛觀爭組視濟離雖壞興稱縣鎮備註貨買賣實積標籤郵遞創" +
  "訂單編號碼客戶姓名手機電話金額付款時間狀態店鋪門市倉庫商品類別會員等級生日暱稱地址備註退款完成出貨取消數量價格優惠折扣發票總計小計運費收件訂購人公司統一行號" +
  "陳劉楊趙吳徐孫鄭謝韓馮蕭鄧許呂蘇盧蔣賈葉閻餘潘鍾汪範譚廖鄒陸顧孟龍錢湯賴龔偉麗靜強傑濤華劍剛瑋瑩臺灣北桃園新竹苗栗彰化南投雲林嘉義高雄屏宜蘭花蓮澎湖基隆香港九龍貓糧鞋襪裝護膚";

const FREQUENT = new Set(SIMPLIFIED + TRADITIONAL);

/** Whether texts of shops are full of this Chinese character. */
export function isFrequent(character: string): boolean {
  return FREQUENT.has(character);
}

let ordinary: ReadonlySet<string> | undefined;

/** Whether a Chinese character belongs to the first level of GB 2312 or Big5: those in ordinary use. */
export function isOrdinary(character: string): boolean {
  ordinary ??= new Set(
    textOf(pairs(0xb0, 0xd7, [[0xa1, 0xfe]]), "gb18030") +
      textOf(
        pairs(0xa4, 0xc6, [
          [0x40, 0x7e],
          [0xa1, 0xfe],
        ]),
        "big5",
      ),
  );
  return ordinary.has(character);
}

function pairs(first: number, last: number, trails: readonly (readonly [number, number])[]): Uint8Array {
  const bytes: number[] = [];
  for (let lead = first; lead <= last; lead += 1)
    for (const [from, to] of trails) for (let trail = from; trail <= to; trail += 1) bytes.push(lead, trail);
  return Uint8Array.from(bytes);
}
