// An upload belongs to the tab that sends it; another tab, or this one after a reload, takes it up only when
// that is gone. Web locks end with their tab, however it ends. Where there are none, tabs do not know of each other.

const NAME = "chip.upload.";

/** Marks an upload as this tab's; the result ends that. */
export function holdUpload(id: string): () => void {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  void navigator.locks?.request(NAME + id, () => held).catch(() => {});
  return release;
}

export async function isHeldElsewhere(id: string): Promise<boolean> {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  return held.some(({ name }) => name === NAME + id);
}
