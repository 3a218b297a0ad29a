import { type KeyReading, keyReader, type ReadKey } from "../key/key-column.js";
import { readEmail } from "./email.js";
import { readMobile } from "./mobile.js";

/** Makes the reader of people's keys: an address as a key is the same however it is spelled. */
export function externalKeyReader(
  reading: KeyReading,
  form: "text" | "mobile" | "email" | undefined,
  country: string | undefined,
): (text: string) => ReturnType<ReadKey> | string {
  if (form === "mobile") {
    return (text) => {
      const found = readMobile(text, country);
      return typeof found === "string" ? found : { key: found.mobile };
    };
  }
  if (form === "email") {
    return (text) => {
      const found = readEmail(text);
      return typeof found === "string" ? found : { key: found.email.toLowerCase() };
    };
  }
  return keyReader(reading);
}
