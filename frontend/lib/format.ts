// Numbers and times as people read them.
import { en } from "@/strings/en";

/** 754000 -> "12:34", 3754000 -> "1:02:34" */
export function clock(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000));
  const h = Math.floor(s / 3600);
  const m = Math.floor((s % 3600) / 60);
  const two = (n: number) => String(n).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
}

/** 754000 -> "13 minutes": for sentences and screen readers */
export function spell(ms: number): string {
  const s = Math.max(1, Math.round(ms / 1000));
  if (s < 60) return en.time.seconds(s);
  const m = Math.round(s / 60);
  if (m < 60) return en.time.minutes(m);
  const h = Math.floor(m / 60);
  return m % 60 ? en.time.hoursMinutes(h, m % 60) : en.time.hours(h);
}

/** 1536 -> "1.5 kB" */
export function bytes(n: number): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
  const i = Math.min(3, Math.max(0, Math.floor(Math.log10(Math.max(1, n)) / 3)));
  return new Intl.NumberFormat("en", {
    style: "unit",
    unit: units[i]!,
    unitDisplay: "short",
    maximumFractionDigits: i > 1 && n / 1000 ** i < 100 ? 1 : 0,
  }).format(n / 1000 ** i);
}

const day = new Intl.DateTimeFormat("en", { dateStyle: "medium" });
const hour = new Intl.DateTimeFormat("en", { hour: "numeric", minute: "2-digit" });
const sooner = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** "just now", "5 minutes ago", "today, 9:41 AM", "yesterday, …", "Nov 24, 2026, …" */
export function ago(iso: string, now = Date.now()): string {
  const then = new Date(iso);
  const minutes = Math.round((then.getTime() - now) / 60_000);
  if (minutes > -60) return minutes > -1 ? sooner.format(0, "second") : sooner.format(minutes, "minute");
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  const days = Math.floor((then.getTime() - midnight) / 86_400_000);
  return `${days >= -1 ? sooner.format(Math.min(days, 0), "day") : day.format(then)}, ${hour.format(then)}`;
}
