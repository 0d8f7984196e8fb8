// The theme that was chosen. public/theme.js sets it before the page is painted.
import { readText, writeText } from "@/lib/storage";

export type Theme = "system" | "light" | "dark";
const KEY = "chip.theme";
const listeners = new Set<() => void>();

export const isTheme = (value: string | null): value is Theme =>
  value === "system" || value === "light" || value === "dark";

export function readTheme(): Theme {
  const value = readText(KEY);
  return isTheme(value) ? value : "system";
}

export function writeTheme(theme: Theme): void {
  writeText(KEY, theme === "system" ? null : theme);
  apply();
}

function apply(): void {
  const theme = readTheme();
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  for (const listener of listeners) listener();
}

export function subscribeTheme(listener: () => void): () => void {
  const other = (event: StorageEvent) => event.key === KEY && apply(); // chosen in another tab
  listeners.add(listener);
  window.addEventListener("storage", other);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", other);
  };
}
