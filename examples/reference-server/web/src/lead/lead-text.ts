/** Leads of pasted lines: a number, and a name and a company behind commas or tabs. */
export function leadsOf(text: string) {
  return text
    .split(/\r?\n/)
    .map((line) => line.split(/[,，\t]/).map((part) => part.trim()))
    .filter(([phone]) => phone)
    .map(([phone_number = "", name, company]) => ({
      phone_number,
      ...(name && { name }),
      ...(company && { company }),
    }));
}

/** Tags of a text: `name=value`, behind commas; one without a value has none. */
export function tagsOf(text: string) {
  return text
    .split(/[,，]/)
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => {
      const [tag_name = "", ...value] = part.split("=");
      return { tag_name: tag_name.trim(), tag_value: value.join("=").trim() || tag_name.trim() };
    });
}

/** `3:05` of seconds. */
export function minutes(seconds: number | null): string {
  if (seconds === null) return "—";
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
