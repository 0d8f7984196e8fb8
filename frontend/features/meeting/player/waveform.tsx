import styles from "./player.module.css";

/** A plain bar, filled as far as was played. */
export function Waveform() {
  return <div className={styles.plain} />;
}
