import { createI18n, type I18n } from "vue-i18n";
import { speak } from "../api/client";

type Language = "zh-CN" | "en";

const KEY = "recallkit.language";

/** Chosen here before, or what the browser asks for; Chinese unless it asks for English first. */
function currentLanguage(): Language {
  const kept = localStorage.getItem(KEY);
  if (kept === "zh-CN" || kept === "en") return kept;
  return /^en\b/i.test(navigator.language) ? "en" : "zh-CN";
}

/** Loads the one catalogue that is shown. */
export async function loadLanguage(): Promise<I18n> {
  const locale = currentLanguage();
  const catalogue = locale === "en" ? await import("../../locales/en.json") : await import("../../locales/zh-CN.json");
  document.documentElement.lang = locale;
  speak(locale);
  return createI18n({
    legacy: false,
    locale,
    messages: { [locale]: catalogue.default },
    missingWarn: false,
    fallbackWarn: false,
  });
}

/** Pages are read anew, so that nothing of the other language stays. */
export function switchLanguage(): void {
  localStorage.setItem(KEY, currentLanguage() === "en" ? "zh-CN" : "en");
  location.reload();
}
