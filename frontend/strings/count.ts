const plural = new Intl.PluralRules("en");

/** "1 file", "2 files" */
export function count(n: number, one: string, other: string): string {
  return `${n.toLocaleString("en")} ${plural.select(n) === "one" ? one : other}`;
}
