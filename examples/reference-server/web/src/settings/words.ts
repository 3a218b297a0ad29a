/** The reader's half of a text that the server gives in both languages: Chinese, a slash, English. */
export function ownWords(text: string, language: string): string {
  const at = text.indexOf(" / ");
  if (at === -1) return text;
  return language === "en" ? text.slice(at + 3) : text.slice(0, at);
}
