/** Names whose values are never written, wherever they stand; compared without case, `-` and `_`. */
const SECRET_NAME =
  /^(authorization|cookie|setcookie|.*password.*|.*secret.*|.*token|apikey|secretkey|sessionkey|name|username|nickname|customername|realname|mobile|mobiles|phone|phonenumber|tel|email|address|addresses|externaluserid|openid|unionid|idempotencykey)$/;

/** Parts of texts that give somebody or something away. */
const SECRET_TEXTS: readonly (readonly [RegExp, string])[] = [
  [/\bBearer\s+[\w.~+/-]+=*/gi, "Bearer [redacted]"],
  [/\b(access_token|corpsecret|secret|token|password|apikey|api_key|key)=[^&\s"']+/gi, "$1=[redacted]"],
  [/(^|[^\d])(?:\+?86[-\s]?)?1[3-9]\d(?:[-\s]?\d{4}){2}(?!\d)/g, "$1[phone]"],
  [/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, "[email]"],
];

const MAX_DEPTH = 6;
const REDACTED = "[redacted]";

/** Writes log fields without secrets, tokens, phone numbers, addresses and names. */
export type Redact = (fields: Readonly<Record<string, unknown>>) => Record<string, unknown>;

/** @param known secrets of this installation; they are taken out of every text */
export function redaction(known: readonly string[] = []): Redact {
  // The longest first: one secret may be part of another.
  const secrets = known.filter((secret) => secret.length >= 8).sort((a, b) => b.length - a.length);

  function cleanText(text: string): string {
    const withoutKnown = secrets.reduce((rest, secret) => rest.replaceAll(secret, REDACTED), text);
    return SECRET_TEXTS.reduce((rest, [pattern, instead]) => rest.replace(pattern, instead), withoutKnown);
  }

  function clean(value: unknown, depth: number): unknown {
    if (typeof value === "string") return cleanText(value);
    if (value instanceof Error) return { name: value.name, message: cleanText(value.message) };
    if (typeof value !== "object" || value === null) return value;
    if (depth >= MAX_DEPTH) return "[deep]";
    if (Array.isArray(value)) return value.map((entry) => clean(entry, depth + 1));
    return Object.fromEntries(
      Object.entries(value).map(([name, held]) => [name, isSecretName(name) ? REDACTED : clean(held, depth + 1)]),
    );
  }

  return (fields) =>
    Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [name, isSecretName(name) ? REDACTED : clean(value, 1)]),
    );
}

function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name.replace(/[-_]/g, "").toLowerCase());
}
