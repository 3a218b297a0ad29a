/** Greetings that stand ready while an institution has none of its own; ids below 0, so that they meet no row's. */
export const DEFAULT_TEMPLATES = [
  {
    id: -1,
    text: "{{surname|尊敬的}}{{title|顾客}}，您好！生日将至，{{salonName|我们}}全体同仁祝您生日快乐，平安喜乐，万事顺心。",
  },
  {
    id: -2,
    text: "{{surname|亲爱的}}{{title|顾客}}，又到了属于您的日子。{{salonName|我们}}祝您生日快乐，愿新的一岁有花有光，有爱相伴。",
  },
  {
    id: -3,
    text: "{{surname|亲爱的}}{{title|顾客}}，感谢一路相伴。{{salonName|我们}}提前送上祝福：生日快乐，岁岁平安，天天好心情！",
  },
].map((template) => ({ ...template, purpose: "birthday" }));

/** The last resort: no fact of the person stands in it. */
export const PLAIN_TEMPLATES = [
  { id: -9, purpose: "birthday", text: "尊敬的顾客，您好！祝您生日快乐，平安喜乐，万事顺心。" },
];
