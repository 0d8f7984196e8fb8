"use client";
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useMeeting } from "../meeting-context";

const MAX_PIXELS_PER_SECOND = 60;
const MAX_WIDTH = 200_000; // browsers draw no element much wider than that

/** How wide the timeline is drawn: as its box, or a multiple. What was in the middle stays there. */
export function useZoom(scroller: RefObject<HTMLDivElement | null>, duration: number) {
  const { player } = useMeeting();
  const [box, setBox] = useState(0);
  const [zoom, setZoom] = useState(1);
  const middle = useRef<number | null>(null); // where to keep looking: seconds
  const max = Math.max(1, Math.min(duration * MAX_PIXELS_PER_SECOND, MAX_WIDTH) / Math.max(1, box));
  const width = Math.floor(box * Math.min(zoom, max));

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const measure = () => setBox(element.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller]);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element || middle.current === null) return;
    element.scrollLeft = (middle.current / duration) * width - element.clientWidth / 2;
    middle.current = null;
  }, [scroller, duration, width]);

  /** About a moment: what the pointer is at, else what is being played if it is in sight, else the middle. */
  const zoomBy = useCallback(
    (factor: number, at?: number) => {
      const element = scroller.current;
      if (!element || !width) return;
      const [from, to] = [element.scrollLeft, element.scrollLeft + element.clientWidth].map((x) => (x / width) * duration);
      const now = player.timeMs / 1000;
      middle.current = at ?? (now >= from! && now <= to! ? now : (from! + to!) / 2);
      setZoom((before) => Math.max(1, Math.min(max, before * factor)));
    },
    [scroller, width, duration, player, max],
  );

  // React listens to the wheel passively; zooming must keep the browser from zooming the page.
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const x = event.clientX - element.getBoundingClientRect().left + element.scrollLeft;
      zoomBy(event.deltaY < 0 ? 1.25 : 0.8, (x / width) * duration);
    };
    element.addEventListener("wheel", wheel, { passive: false });
    return () => element.removeEventListener("wheel", wheel);
  }, [scroller, zoomBy, width, duration]);

  return { width, zoom, canZoomIn: zoom < max, zoomBy, fit: () => setZoom(1) };
}
