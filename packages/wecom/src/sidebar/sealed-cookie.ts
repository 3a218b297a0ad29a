import { createHmac } from "node:crypto";
import { isSameText } from "../callback/message-crypto.js";

/** Texts that only we can have made, for cookies: readable by their owner, and of use until they end. */
export interface CookieSeal {
  seal(value: object, expiresAt: number): string;
  /** What was sealed; undefined for anything else, and after its end. */
  open(text: string, now: number): unknown;
}

/** Signs with HMAC-SHA256. @param key 32 bytes, of this purpose alone */
export function cookieSeal(key: Uint8Array): CookieSeal {
  const sign = (text: string) => createHmac("sha256", key).update(text).digest("base64url");
  return {
    seal(value, expiresAt) {
      const text = Buffer.from(JSON.stringify({ value, expiresAt })).toString("base64url");
      return `${text}.${sign(text)}`;
    },
    open(sealed, now) {
      const [text = "", signature = "", ...rest] = sealed.split(".");
      if (rest.length > 0 || !isSameText(signature, sign(text))) return undefined;
      // Signed, it is what `seal` wrote.
      const { value, expiresAt } = JSON.parse(Buffer.from(text, "base64url").toString()) as {
        readonly value: unknown;
        readonly expiresAt: number;
      };
      return now < expiresAt ? value : undefined;
    },
  };
}

/** The value of a request's cookie; undefined: there is none of this name, or several. */
export function cookieOf(request: Request, name: string): string | undefined {
  const found = (request.headers.get("cookie") ?? "").split(";").flatMap((pair) => {
    const [key = "", ...value] = pair.split("=");
    return key.trim() === name ? [value.join("=").trim()] : [];
  });
  return found.length === 1 ? found[0] : undefined;
}

/** How a cookie is sent. */
export interface CookieParts {
  readonly name: string;
  readonly value: string;
  readonly path: string;
  /** 0 takes it away. */
  readonly maxAgeSeconds: number;
  readonly isSecure: boolean;
}

/** A `set-cookie` header: not for scripts, and not sent along by other sites. */
export function setCookie({ name, value, path, maxAgeSeconds, isSecure }: CookieParts): string {
  const parts = [`${name}=${value}`, `Path=${path}`, `Max-Age=${maxAgeSeconds}`, "HttpOnly", "SameSite=Lax"];
  return [...parts, ...(isSecure ? ["Secure"] : [])].join("; ");
}
