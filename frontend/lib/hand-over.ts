// From the page to the clipboard and the disk.

/** False when the browser does not let pages copy. `text` may still be on its way. */
export async function copyText(text: string | Promise<string>): Promise<boolean> {
  try {
    // Promised text must be handed over at once: some browsers let pages copy only right after a click.
    if (typeof text !== "string" && typeof ClipboardItem === "function" && navigator.clipboard?.write) {
      const blob = text.then((ready) => new Blob([ready], { type: "text/plain" }));
      await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
      return true;
    }
    const ready = await text;
    if (!navigator.clipboard) return copySelected(ready);
    await navigator.clipboard.writeText(ready);
    return true;
  } catch {
    return false;
  }
}

/** Pages that come by plain http from another machine have no clipboard of their own. */
function copySelected(text: string): boolean {
  const area = document.createElement("textarea");
  area.value = text;
  area.setAttribute("readonly", "");
  area.className = "visually-hidden";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}

export function saveFile(name: string, content: string | Blob, type = "text/plain;charset=utf-8"): void {
  const url = URL.createObjectURL(typeof content === "string" ? new Blob([content], { type }) : content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000); // some browsers read it a while after the click
}

/** A title as the name of a file. */
export const fileName = (title: string, ending: string): string =>
  `${title.replace(/[\p{Cc}/\\:*?"<>|]+/gu, " ").trim().slice(0, 100) || "meeting"}${ending}`;
