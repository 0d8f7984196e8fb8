// From an SVG that was made here to a PNG, with a canvas.
const SCALE = 2; // sharp on the screens of today, and in print

/** A colour of the page as it is in the light theme: pictures are for paper and documents. */
export function onPaper(colour: string): string {
  const probe = document.createElement("span");
  probe.style.cssText = `display: none; color-scheme: light; color: ${colour}`;
  document.body.append(probe);
  const resolved = getComputedStyle(probe).color;
  probe.remove();
  return resolved;
}

/** Null when the browser cannot, as when a canvas so large is too much for it. */
export async function pngOf(svg: string): Promise<Blob | null> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  try {
    await image.decode();
  } catch {
    return null;
  }
  const canvas = document.createElement("canvas");
  canvas.width = image.width * SCALE;
  canvas.height = image.height * SCALE;
  const context = canvas.getContext("2d");
  if (!context) return null;
  context.scale(SCALE, SCALE);
  context.drawImage(image, 0, 0);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}
