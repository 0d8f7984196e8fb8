"use client";
import { useEffect, useRef } from "react";
import { audioUrl } from "@/lib/api/client";
import { en } from "@/strings/en";
import { useMeeting } from "../meeting-context";
import styles from "./player.module.css";
import { usePlayerState } from "./use-player";

/** The recording itself: a video where it has pictures, else only heard. */
export function Recording({ jobId }: { jobId: string }) {
  const { player } = useMeeting();
  const { hasVideo } = usePlayerState(player);
  const media = useRef<HTMLVideoElement>(null);
  useEffect(() => (media.current ? player.attach(media.current) : undefined), [player]);
  return (
    <video
      ref={media}
      className={styles.video}
      src={audioUrl(jobId)}
      preload="metadata"
      playsInline
      disableRemotePlayback
      hidden={!hasVideo}
      aria-label={en.meeting.player.video}
      onClick={player.toggle}
    />
  );
}
