// What keys do on the meeting page. One list for the handler and for the help that `?` shows.

export type Command =
  | "toggle"
  | "back"
  | "forward"
  | "back-more"
  | "forward-more"
  | "previous-turn"
  | "next-turn"
  | "previous-word"
  | "next-word"
  | "slower"
  | "faster"
  | "now"
  | "edit"
  | "find"
  | "undo"
  | "redo"
  | "help";

export interface Shortcut {
  command: Command;
  /** as KeyboardEvent.key, in lower case; "mod" is Ctrl, or Cmd on a Mac */
  keys: readonly string[];
}

export const shortcuts: readonly Shortcut[] = [
  { command: "toggle", keys: ["space", "k"] },
  { command: "back", keys: ["arrowleft"] },
  { command: "forward", keys: ["arrowright"] },
  { command: "back-more", keys: ["j"] },
  { command: "forward-more", keys: ["l"] },
  { command: "previous-turn", keys: ["shift+arrowleft", "shift+arrowup"] },
  { command: "next-turn", keys: ["shift+arrowright", "shift+arrowdown"] },
  { command: "previous-word", keys: [","] },
  { command: "next-word", keys: ["."] },
  { command: "slower", keys: ["<"] },
  { command: "faster", keys: [">"] },
  { command: "now", keys: ["n"] },
  { command: "edit", keys: ["e"] },
  { command: "find", keys: ["mod+f", "f"] },
  { command: "undo", keys: ["mod+z"] },
  { command: "redo", keys: ["mod+shift+z", "mod+y"] },
  { command: "help", keys: ["?"] },
];

const byKey = new Map(shortcuts.flatMap(({ command, keys }) => keys.map((key) => [key, command] as const)));

type KeyPress = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">;

export function commandOf(press: KeyPress): Command | null {
  if (press.altKey) return null;
  const key = press.key === " " ? "space" : press.key.toLowerCase();
  const mod = press.ctrlKey || press.metaKey ? "mod+" : "";
  // Of signs, the key itself says that shift was held.
  const isSign = key.length === 1 && !/[a-z]/.test(key);
  const shift = press.shiftKey && !isSign ? "shift+" : "";
  return byKey.get(`${mod}${shift}${key}`) ?? null;
}

/** Keys belong to what is written or chosen in: fields take all, controls those that move and press them. */
export function isTaken(target: EventTarget | null, command: Command): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest("[role=dialog], [role=menu], [role=listbox]")) return true;
  if (target.closest("textarea, select, [contenteditable], input:not([type=range], [type=checkbox], [type=radio])"))
    return true;
  if (command === "toggle") return target.closest("button, a[href], summary, input, [role=tab], [role=switch]") !== null;
  if (command === "back" || command === "forward")
    return target.closest("input[type=range], input[type=radio], [role=tab], [role=slider], [role=toolbar]") !== null;
  return false;
}
