// What the next print shows. The menu asks, the document answers and opens the print dialog.
export type PrintWish = "minutes" | "all";

const listeners = new Set<(wish: PrintWish) => void>();

export const printMeeting = (wish: PrintWish): void => listeners.forEach((listener) => listener(wish));

export function onPrintWish(listener: (wish: PrintWish) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
