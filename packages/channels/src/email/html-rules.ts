/** A fault of a page as a mail. */
export interface HtmlFault {
  readonly code: "email.html-forbidden" | "email.variable-place";
  readonly message: string;
}

/** Mail clients take these out, and filters take them for an attack. */
const FORBIDDEN = /<\s*(script|iframe|object|embed|form|input|base|link|meta\s+http-equiv)\b/i;
const HANDLER = /<[^>]*\son[a-z]+\s*=/i;
const SCRIPT_URL = /(href|src)\s*=\s*["']?\s*(javascript|vbscript|data\s*:\s*text)/i;
const VARIABLE = /\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}/;
const ATTRIBUTE = /\s([a-z-]+)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)/gi;

/**
 * What keeps a page from being a mail, and where a variable stands so that its value could do more than be read: values are
 * escaped as text, which holds between tags and in quoted attributes.
 */
export function htmlFaults(html: string): readonly HtmlFault[] {
  const faults: HtmlFault[] = [];
  const forbid = (message: string) => faults.push({ code: "email.html-forbidden", message });
  const [, element] = FORBIDDEN.exec(html) ?? [];
  if (element) forbid(`mail clients refuse <${element.toLowerCase()}>`);
  if (HANDLER.test(html)) forbid("mail clients refuse attributes that begin with on");
  if (SCRIPT_URL.test(html)) forbid("mail clients refuse links that are scripts");
  if (variablesOutOfPlace(html)) {
    faults.push({
      code: "email.variable-place",
      message:
        "a variable stands between tags or inside a quoted attribute; as a whole link only one that ends with _link",
    });
  }
  return faults;
}

function variablesOutOfPlace(html: string): boolean {
  if ([...html.matchAll(/<style\b[^>]*>([\s\S]*?)<\/style/gi)].some(([, css]) => VARIABLE.test(css ?? ""))) return true;
  return [...html.matchAll(/<[a-z!/](?:"[^"]*"|'[^']*'|[^"'>])*>/gi)].some(([tag]) => {
    let rest = tag;
    for (const [whole, name = "", value = ""] of tag.matchAll(ATTRIBUTE)) {
      if (!VARIABLE.test(value)) continue;
      if (!/^["']/.test(value)) return true;
      const isAddress = /^(href|src|action|background)$/i.test(name);
      const leading = /^["']\s*\{\{\s*([A-Za-z0-9_]+)\s*\}\}/.exec(value)?.[1];
      if (/^style$/i.test(name) || (isAddress && leading !== undefined && !leading.endsWith("_link"))) return true;
      rest = rest.replace(whole, "");
    }
    return VARIABLE.test(rest);
  });
}
