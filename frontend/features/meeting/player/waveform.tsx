"use client";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type WaveSurfer from "wavesurfer.js";
import { getWaveform } from "@/lib/api/client";
import { useMeeting } from "../meeting-context";
import type { Player } from "./player";
import styles from "./player.module.css";

/** The shape of the sound; a plain bar until it is there, and where it is not. */
export function Waveform() {
  const { job, player } = useMeeting();
  const { data: peaks } = useQuery({
    queryKey: ["waveform", job.jobId],
    queryFn: ({ signal }) => getWaveform(job.jobId, signal),
    staleTime: Infinity,
  });
  if (!peaks?.length) return <div className={styles.plain} />;
  return <Wave peaks={peaks} player={player} />;
}

function Wave({ peaks, player }: { peaks: Float32Array<ArrayBuffer>; player: Player }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const container = box.current;
    if (!container) return;
    const control = new AbortController();
    void draw(container, peaks, player, control.signal);
    return () => control.abort();
  }, [peaks, player]);
  return <div ref={box} className={styles.bars} aria-hidden="true" />;
}

/** Until `signal` ends it. The library only draws; the page's own element plays. */
async function draw(container: HTMLElement, peaks: Float32Array<ArrayBuffer>, player: Player, signal: AbortSignal) {
  const { default: Wave } = await import("wavesurfer.js");
  if (signal.aborted) return;
  const colours = () => {
    const { color, borderTopColor } = getComputedStyle(container);
    return { waveColor: color, progressColor: borderTopColor };
  };
  const wave: WaveSurfer = Wave.create({
    container,
    ...colours(),
    height: container.clientHeight,
    barWidth: 2,
    barGap: 2,
    barRadius: 2,
    barMinHeight: 2,
    cursorWidth: 0,
    interact: false,
    normalize: true,
    hideScrollbar: true,
    peaks: [peaks],
    duration: player.state().durationMs / 1000 || 1,
  });
  const show = (timeMs: number) => wave.setTime(timeMs / 1000);
  wave.on("ready", () => show(player.timeMs));
  const stop = player.onTime(show);
  // Colours are not known to a canvas by name: it is painted anew when the appearance changes.
  const repaint = () => wave.setOptions(colours());
  const chosen = new MutationObserver(repaint);
  chosen.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint, { signal });
  signal.addEventListener("abort", () => {
    stop();
    chosen.disconnect();
    wave.destroy();
  });
}
