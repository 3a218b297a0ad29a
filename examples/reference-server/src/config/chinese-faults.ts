/** What settings may be wrong about, as `config` and the commands say it, and the same in Chinese; `$1` … are the parts in brackets. */
const SENTENCES: readonly (readonly [said: RegExp, chinese: string])[] = [
  [/^the environment is not usable$/, "环境变量有误"],
  [/^must be a whole number from (\S+) to (\S+)$/, "应为 $1 到 $2 之间的整数"],
  [/^must be on or off$/, "应为 on 或 off"],
  [/^must be an http\(s\) URL without a query$/, "应为不带参数的 http(s) 网址"],
  [/^must be a comma list of http\(s\) URLs$/, "应为逗号分隔的 http(s) 网址"],
  [/^must be https, or http on this machine$/, "应为 https 网址；只有本机可以用 http"],
  [/^is too long$/, "太长"],
  [
    /^must be a number of proxies \(1 … 9\), or a comma list of .+$/,
    "应为代理层数（1 … 9），或逗号分隔的地址、网段、loopback、linklocal、uniquelocal",
  ],
  [/^must be (redis:\S+), or rediss:\/\/ over TLS$/, "应为 $1，走 TLS 时为 rediss://"],
  [/^must be (amqp:\S+), or amqps:\/\/ over TLS$/, "应为 $1，走 TLS 时为 amqps://"],
  [/^must be (smtps:\S+), or smtp:\/\/ with STARTTLS$/, "应为 $1，或支持 STARTTLS 的 smtp://"],
  [/^must be a mail address, or Name <address>$/, "应为邮箱地址，或 名称 <地址>"],
  [/^Invalid email address$/, "应为邮箱地址"],
  [/^must be whsec_ and base64 of 24 to 64 bytes$/, "应为 whsec_ 加 24 到 64 字节的 base64"],
  [/^Too big: expected string to have <=(\d+) characters$/, "最多 $1 个字符"],
  [/^must be a comma list of milliseconds$/, "应为逗号分隔的毫秒数"],
  [/^must rise from one entry to the next$/, "应一个比一个大"],
  [/^must have at least 32 characters, and not the same few$/, "至少 32 个字符，且不能只是几个字符的重复"],
  [/^must be a comma list of keys of at least 32 characters$/, "应为逗号分隔的密钥，每个至少 32 个字符"],
  [/^needs at least (\d+) characters$/, "至少 $1 个字符"],
  [/^must be an IANA time zone such as (\S+)$/, "应为 IANA 时区，例如 $1"],
  [/^must be trace, debug, info, warn, error or silent$/, "应为 trace、debug、info、warn、error 或 silent"],
  [/^must be (\w+), (\w+) or (\w+)$/, "应为 $1、$2 或 $3"],
  [/^must be (\w+) or (\w+)$/, "应为 $1 或 $2"],
  [/^must be off, or day, week or month with a number: (\S+)$/, "应为 off，或 day、week、month 加数字，例如 $1"],
  [/^must be hours such as (\S+)$/, "应为时段，例如 $1"],
  [/^must end after they begin$/, "结束时间应晚于开始时间"],
  [/^letters, digits and _; at most 63$/, "只能是字母、数字和下划线，最多 63 个"],
  [/^must be an amount such as 2 or 0\.5$/, "应为金额，例如 2 或 0.5"],
  [/^must be one word$/, "不能有空格"],
  [/^must be the name of a model$/, "应为模型名"],
  [/^must be (\d+) to (\d+) letters and digits$/, "应为 $1 到 $2 位字母和数字"],
  [/^must be the EncodingAESKey: 43 letters and digits$/, "应为 EncodingAESKey：43 位字母和数字"],
  [/^must be (\d+) to (\d+) ASCII characters without blanks$/, "应为 $1 到 $2 个不含空格的 ASCII 字符"],
  [/^must be an order such as (\S+), or weights such as (\S+)$/, "应为先后顺序，例如 $1；或权重，例如 $2"],
  [/^needs a weight above 0$/, "至少有一个权重大于 0"],
  [/^must be a number$/, "应为数字"],
  [
    /^must have 2 to 20 letters, digits or Chinese characters, without 【】, and not digits alone$/,
    "应为 2 到 20 个汉字、字母或数字，不含【】，不能只有数字",
  ],
  [
    /^must begin with sqlite:, postgres: or mysql:, for example (\S+)$/,
    "应以 sqlite:、postgres: 或 mysql: 开头，例如 $1",
  ],
  [/^must be ((?:postgres|mysql):\S+)$/, "应为 $1"],
  [/^names no host or no database$/, "没有主机名或库名"],
  [/^has a schema that is no lower-case name$/, "schema 应为小写的名字"],
  [/^is missing beside (\S+), and so is (\S+)$/, "设置了 $1，就要有这一项或 $2"],
  [/^is missing beside (\S+), or (\S+) is$/, "设置了 $1，就要有这一项和 $2"],
  [/^is missing beside (\S+) in secure mode$/, "安全模式下设置了 $1，就要有这一项"],
  [/^is missing beside (?:the )?(?:other )?(\S+)(?: variables)?$/, "设置了 $1，就要有这一项"],
  [/^is missing beside (.+)$/, "设置了 $1，就要有这一项"],
  [/^names (.+), which has no credentials$/, "写了 $1，但没有它的账号"],
  [/^must be shorter than (\S+)$/, "应小于 $1"],
  [/^must not be longer than (\S+)$/, "不能大于 $1"],
  [
    /^is too easy to guess for (\S+): at least 12 characters, no well-known password$/,
    "对 $1 太容易猜到：至少 12 个字符，且不是常见密码",
  ],
  [/^is required with (\S+)$/, "$1 时必须设置"],
  [/^must not log in with the default password with (\S+)$/, "$1 时不能用默认密码登录"],
  [/^must be off with (\S+)$/, "$1 时必须为 off"],
  [/^cannot be off with (\S+)$/, "$1 时不能为 off"],
  [/^must be https with (\S+)$/, "$1 时必须是 https"],
  [/^no space is left in the data folder \((\w+)\)$/, "数据目录所在磁盘已满（$1）"],
  [/^the data folder cannot be written \((\w+)\)$/, "数据目录不可写（$1）"],
  [/^secret\.key in DATA_DIR does not hold a key$/, "DATA_DIR 中的 secret.key 不是密钥"],
  [/^the address is in use$/, "端口已被占用"],
  [/^the address cannot be used \((\w+)\)$/, "不能监听这个地址（$1）"],
];

/**
 * Faults of settings in Chinese, line by line; what no sentence is known for stays as it is.
 *
 * @param text one fault a line, each with the name of its setting before a colon or without
 */
export function faultsInChinese(text: string): string {
  return text
    .split("\n")
    .map((line) => {
      const [, before = "", name, said = ""] = /^(\s*)(?:((?:--)?[A-Za-z][\w-]*): )?(.*)$/.exec(line) ?? [];
      return `${before}${name === undefined ? "" : `${name}：`}${sentenceOf(said)}`;
    })
    .join("\n");
}

function sentenceOf(said: string): string {
  const known = SENTENCES.find(([pattern]) => pattern.test(said));
  return known ? said.replace(...known) : said;
}
