import { ref } from "vue";

export type Theme = "light" | "dark";

/** Colour of texts on a canvas, which knows no style sheet: `--ink` of the themes. */
export const INK: Readonly<Record<Theme, string>> = { light: "#1d2733", dark: "#e9edf2" };

const KEY = "recallkit.theme";
const dark = window.matchMedia("(prefers-color-scheme: dark)");

/** The theme in use: what was chosen, or what the system has. */
export const theme = ref<Theme>(chosen() ?? (dark.matches ? "dark" : "light"));

dark.addEventListener("change", ({ matches }) => {
  if (chosen()) return;
  theme.value = matches ? "dark" : "light";
  applyTheme();
});

export function applyTheme(): void {
  document.documentElement.classList.toggle("dark", theme.value === "dark");
}

export function switchTheme(): void {
  theme.value = theme.value === "dark" ? "light" : "dark";
  localStorage.setItem(KEY, theme.value);
  applyTheme();
}

function chosen(): Theme | undefined {
  const kept = localStorage.getItem(KEY);
  return kept === "dark" || kept === "light" ? kept : undefined;
}
