import { InputError, type InputIssue } from "@recallkit/core";
import { type Question, QuestionError } from "@recallkit/import";
import type { CommandContext } from "../../../cli/command.js";

/** Options of the command line by what they answer. */
const OPTIONS: Readonly<Record<string, string>> = {
  encoding: "--encoding",
  delimiter: "--delimiter",
  skipLines: "--skip-lines",
  sheet: "--sheet",
  dateFormat: "--date-format",
  decimal: "--decimal",
  amount: "--amount",
  refund: "--refund",
  repeats: "--repeats",
};

type Texts = readonly [zh: string, en: string];

/** Questions of a file as a whole. */
const FILE_QUESTIONS: Readonly<Record<QuestionError["asks"], Texts>> = {
  encoding: ["文件是什么编码？", "Which encoding is the file in?"],
  delimiter: ["单元格用什么分隔？", "What separates the cells?"],
  skipLines: ["表头上方有几行？", "How many lines stand above the header?"],
  sheet: ["读哪个工作表？", "Which sheet?"],
  file: ["压缩包内有多个文件，请解压后指定一个", "The archive holds several files; unpack it and give one of them"],
};

/** Questions about columns, by code. */
const COLUMN_QUESTIONS: Readonly<Record<string, Texts>> = {
  "time.ambiguous": [
    "「{column}」的日期有几种读法：{readings}",
    "The dates of {column} can be read in several ways: {readings}",
  ],
  "time.contradictory": [
    "「{column}」的日期写法互相矛盾（第 {line} 行 {cell}）",
    "The dates of {column} contradict each other (line {line}, {cell})",
  ],
  "amount.ambiguous": [
    "「{column}」的金额有几种读法：{readings}",
    "The amounts of {column} can be read in several ways: {readings}",
  ],
  "amount.contradictory": [
    "「{column}」的金额写法互相矛盾（第 {line} 行 {cell}）",
    "The amounts of {column} contradict each other (line {line}, {cell})",
  ],
  "amount.discount": [
    "没有一列写明实付，而「{column}」第 {line} 行有 {cell}：若「{price}」已是优惠后的价格，请用 --amount line 说明，否则用 --map amount=… 指明实付的列",
    "No column says what was paid, and {column} has {cell} in line {line}: say --amount line if {price} is the price after it, else name the column of what was paid with --map amount=…",
  ],
  "amount.level-ambiguous": [
    "「{column}」是每行的金额，还是整单金额在各行重复？",
    "Is {column} the amount of each row, or the order's, repeated on its rows?",
  ],
  "amount.level-contradictory": [
    "「{column}」有的订单像每行金额，有的像整单金额",
    "{column} is each row's in some orders and the order's in others",
  ],
  "refund.level-ambiguous": [
    "「{column}」是每行的退款，还是整单退款在各行重复？",
    "Is {column} the refund of each row, or the order's, repeated on its rows?",
  ],
  "refund.level-contradictory": [
    "「{column}」有的订单像每行退款，有的像整单退款",
    "{column} is each row's in some orders and the order's in others",
  ],
  "order.repeats-ambiguous": [
    "每个订单的每一行都出现两次：重复导出，还是各算一件？",
    "Every row of every order is there twice: exported twice, or bought twice?",
  ],
  "currency.differs": [
    "金额是 {currency}，商户的币种是 {tenant}；请先修改商户币种",
    "The amounts are in {currency}, the tenant's currency is {tenant}; change the tenant's first",
  ],
  "status.unknown": [
    "状态「{word}」（{count} 行，第 {line} 行起）是什么意思？",
    "What does the status {word} mean ({count} rows, from line {line} on)?",
  ],
  "import.column-missing": [
    "没有找到 {field} 的列；表头：{header}",
    "No column was found for {field}; the header is: {header}",
  ],
  "import.column-ambiguous": [
    "{field} 的列在表头中出现多次：{column}",
    "The header has several columns for {field}: {column}",
  ],
};

/** A question as people read it. */
export interface AskedQuestion {
  readonly question: string;
  /** What may be said, with how the file reads then. */
  readonly candidates: readonly string[];
  /** The option that answers it; undefined where none does. */
  readonly answer: string | undefined;
}

/** What a failed import asks; none for other failures. */
export function questionsOf(error: unknown, { say }: Pick<CommandContext, "say">): readonly AskedQuestion[] {
  if (QuestionError.is(error)) {
    const [zh, en] = FILE_QUESTIONS[error.asks];
    const option = OPTIONS[error.asks];
    return [
      {
        question: say(zh, en),
        candidates: error.candidates.map(({ value, sample }) => `${value}  ${sample}`),
        answer: option && `${option} ${error.candidates[0]?.value ?? "…"}`,
      },
    ];
  }
  if (!InputError.is(error)) return [];
  return error.issues.flatMap((issue) => {
    const texts = COLUMN_QUESTIONS[issue.code];
    return texts ? [asked(issue, say(...texts))] : [];
  });
}

/** A question of an inspection as people read it. */
export function columnQuestion({ answers, ...issue }: Question, say: CommandContext["say"]): AskedQuestion {
  const texts = COLUMN_QUESTIONS[issue.code] ?? [issue.message, issue.message];
  return asked({ ...issue, params: { ...issue.params, answers: answers.join(", ") } }, say(...texts));
}

function asked(issue: InputIssue, text: string): AskedQuestion {
  const params: Readonly<Record<string, unknown>> = { ...issue.params, field: issue.path.replace(/^columns\./, "") };
  const candidates = String(params.answers ?? "")
    .split(", ")
    .filter((answer) => answer !== "");
  return {
    question: text.replace(/\{(\w+)\}/g, (_, name: string) => String(params[name] ?? "")),
    candidates,
    answer: answerTo(issue, params, candidates),
  };
}

function answerTo(
  { path, code }: InputIssue,
  { word, field }: Readonly<Record<string, unknown>>,
  [first = "…"]: readonly string[],
): string | undefined {
  if (code === "status.unknown") return `--status ${String(word)}=${first}`;
  if (path.startsWith("columns.")) return `--map ${String(field)}=…`;
  const option = OPTIONS[path];
  return option && `${option} ${first}`;
}

/** Prints what has to be answered. */
export function noteQuestions(context: CommandContext, questions: readonly AskedQuestion[]): void {
  const { say, note } = context;
  for (const { question, candidates, answer } of questions) {
    note(question);
    for (const candidate of candidates) note(`  ${candidate}`);
    if (answer !== undefined) note(say(`  回答方式，例如：${answer}`, `  answer it with, for example: ${answer}`));
  }
}
