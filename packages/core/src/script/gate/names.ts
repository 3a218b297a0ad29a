// Surnames that nearly nobody reads as another word right before a form of address.
const SURNAMES =
  "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范石姚谭廖邹熊金陆郝孔崔康毛邱秦江顾侯邵孟龙段雷钱汤尹黎贺赖龚庞樊殷施翟倪严牛俞章鲁葛韦毕聂焦柳邢路岳梅莫庄辛管祝左涂谷祁耿牟卜詹关苗凌费纪靳盛童欧甄项曲游阳裴席卫查屈鲍覃霍翁隋甘景薄单包柏宁柯阮桂闵";

/** Somebody addressed by surname. */
export const ADDRESSED = new RegExp(
  `([${SURNAMES}])(女士|先生|小姐|太太|姐(?!妹)|哥|阿姨|总(?![是会有能在要而得可归结体之算]))`,
  "gu",
);
/** A doctor by title. */
export const DOCTORS = /\p{Script=Han}{0,3}(?:医生|医师|大夫|主任|院长|教授|博士|护士长|咨询师|美容师)/gu;
