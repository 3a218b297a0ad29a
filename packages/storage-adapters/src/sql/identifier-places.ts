/** Where a name stands in a statement: as a table, before the dot of a column, or as the name of an index or constraint. */
export type Place = "table" | "qualifier" | "index" | "dropped-index";

/** A name in a statement, perhaps in quotes, that stands where a table or an index may. */
export interface NamePlace {
  /** Without quotes. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly place: Place;
}

/** What differs in the texts of engines. */
interface Syntax {
  readonly hasBackslashEscapes?: boolean;
}

// Texts and comments are passed over as wholes, so that nothing in them is taken for a name.
const COMMENT = String.raw`--[^\n]*|/\*[\s\S]*?\*/`;
const TEXT = String.raw`(\$(?:[A-Za-z_]\w*)?\$)[\s\S]*?\1|\b[eE]'(?:[^'\\]|''|\\[\s\S])*'|'(?:[^']|'')*'`;
const TEXT_WITH_BACKSLASHES = String.raw`#[^\n]*|'(?:[^'\\]|''|\\[\s\S])*'`;
const WORD = '"(?:[^"]|"")*"|`[^`]*`|[A-Za-z_][\\w$]*';
const SIGN = "::|[(),.;]";
const STANDARD = new RegExp(`${COMMENT}|${TEXT}|${WORD}|${SIGN}`, "g");
const WITH_BACKSLASHES = new RegExp(`${COMMENT}|${TEXT_WITH_BACKSLASHES}|${WORD}|${SIGN}`, "g");
const NAME = new RegExp(`^(?:${WORD})$`);

/** After these a table is named. */
const BEFORE_TABLE = new Set([
  ...["from", "join", "straight_join", "into", "update", "table", "view", "truncate", "analyze", "references", "only"],
  "using",
]);
/** These may stand before the name all the same. */
const BETWEEN = new Set(["if", "not", "lateral", "ignore", "only"]);
/** After these words an UPDATE is no statement of its own. */
const NO_STATEMENT = new Set(["for", "key", "do", "on", "no"]);
/** These begin a list of tables, which a comma goes on with; the others end it. */
const LISTS = new Set(["from", "using", "update", "table", "join", "straight_join", "truncate"]);
const ENDS = new Set([
  ...["select", "where", "set", "on", "group", "order", "having", "limit", "values", "returning", "window", "for"],
  ...["union", "add", "drop", "alter", "rename"],
]);
const KINDS = new Set(["table", "view", "index"]);
/** After these an index or a constraint is named. */
const BEFORE_INDEX = new Set(["index", "constraint", "by"]);

/** Every place of a statement where a table or an index is named, in their order. */
export function* identifierPlaces(sql: string, { hasBackslashEscapes = false }: Syntax = {}): Iterable<NamePlace> {
  const tokens = new RegExp(hasBackslashEscapes ? WITH_BACKSLASHES : STANDARD);
  /** Whether a comma goes on with a list of tables, per bracket. */
  const isList = [false];
  /** The word that the statement begins with, and the kind of thing that was named last. */
  let [first, kind] = ["", ""];
  let [before, beforeThat] = ["", ""];
  let isTableNext = false;
  for (const { 0: token, index: start } of sql.matchAll(tokens)) {
    if (isComment(token)) continue;
    const word = token.toLowerCase();
    if (token === "(") isList.push(isTableNext);
    else if (token === ")") {
      if (isList.length > 1) isList.pop();
      // ANALYZE has its options before the table.
      isTableNext = first === "analyze";
    } else if (token === ",") isTableNext = isList.at(-1) ?? false;
    else if (token === ";") {
      [first, kind, isTableNext] = ["", "", false];
      isList.splice(0, isList.length, false);
    } else if (token === "::") isTableNext = true;
    else if (NAME.test(token)) {
      const end = start + token.length;
      const place = placeOf({ before, beforeThat, kind, first, isTableNext, isQualifier: sql[end] === "." });
      if (place) yield { name: /^["`]/.test(token) ? token.slice(1, -1) : word, start, end, place };
      first ||= word;
      if (KINDS.has(word)) kind = word;
      const isClause = word === "update" && NO_STATEMENT.has(before);
      if (isClause || ENDS.has(word)) isList[isList.length - 1] = false;
      else if (LISTS.has(word)) isList[isList.length - 1] = true;
      isTableNext =
        (BEFORE_TABLE.has(word) && !isClause) ||
        (word === "exists" && kind !== "index") ||
        (word === "on" && kind === "index" && (first === "create" || first === "drop")) ||
        (isTableNext && BETWEEN.has(word));
    } else if (token !== ".") isTableNext = false;
    [beforeThat, before] = [before, word];
  }
}

interface Surroundings {
  readonly before: string;
  readonly beforeThat: string;
  readonly kind: string;
  readonly first: string;
  readonly isTableNext: boolean;
  readonly isQualifier: boolean;
}

function placeOf({ before, beforeThat, kind, first, isTableNext, isQualifier }: Surroundings): Place | undefined {
  // A column of a table, or a name that the statement itself gives.
  if (before === "." || before === "as") return undefined;
  // What stands before the dot of a table is a schema.
  if (isQualifier) return isTableNext ? undefined : "qualifier";
  if (isTableNext) return "table";
  const isIndex =
    BEFORE_INDEX.has(before) ||
    (kind === "index" && (before === "exists" || before === "concurrently")) ||
    (before === "(" && beforeThat === "index");
  if (!isIndex) return undefined;
  // On PostgreSQL the name of an index has a schema where the index is there already.
  return kind === "index" && (first === "drop" || first === "alter") ? "dropped-index" : "index";
}

function isComment(token: string): boolean {
  return token.startsWith("--") || token.startsWith("/*") || token.startsWith("#");
}
