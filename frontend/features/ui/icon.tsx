// Icons are paths of a 24 by 24 grid, drawn as strokes in the colour of the text beside them.
const paths = {
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM20 20l-4-4",
  contrast: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 3v18M12 8h7.5M12 12h9M12 16h7.5",
  check: "M5 12.5l4.5 4.5L19 7.5",
  upload: "M12 16V4M7 9l5-5 5 5M4 16v3a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1v-3",
  link: "M10 14a4 4 0 0 0 5.7 0l3.6-3.6a4 4 0 0 0-5.7-5.7L12.4 6M14 10a4 4 0 0 0-5.7 0l-3.6 3.6a4 4 0 0 0 5.7 5.7l1.2-1.3",
  mic: "M12 15a3.5 3.5 0 0 0 3.5-3.5v-5a3.5 3.5 0 0 0-7 0v5A3.5 3.5 0 0 0 12 15ZM5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3",
  pause: "M9 6v12M15 6v12",
  play: "M8 5.5v13l10.5-6.5Z",
  stop: "M7 7h10v10H7Z",
  close: "M6 6l12 12M18 6L6 18",
  more: "M5.5 12h.01M12 12h.01M18.5 12h.01",
  trash: "M4.5 7h15M9.5 7V4.5h5V7M6.5 7l1 12.5h9l1-12.5M10 11v5M14 11v5",
  edit: "M4.5 19.5l.8-3.8L16 5l3 3L8.3 18.7Z",
  retry: "M4.5 12a7.5 7.5 0 1 0 2.6-5.7M4.5 4v4.5H9",
  alert: "M12 8.5v5M12 16.8v.01M10.6 4.3 2.9 17.7a1.6 1.6 0 0 0 1.4 2.4h15.4a1.6 1.6 0 0 0 1.4-2.4L13.4 4.3a1.6 1.6 0 0 0-2.8 0Z",
  down: "M6 9.5l6 6 6-6",
  next: "M9.5 6l6 6-6 6",
  up: "M6 14.5l6-6 6 6",
  back: "M11.5 7l-5 5 5 5M18 7l-5 5 5 5",
  forward: "M12.5 7l5 5-5 5M6 7l5 5-5 5",
  undo: "M8.5 5 4.5 9l4 4M5 9h9a5 5 0 0 1 0 10h-4",
  redo: "M15.5 5l4 4-4 4M19 9h-9a5 5 0 0 0 0 10h4",
  keyboard: "M4 7h16a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1ZM7 10.5h.01M10.5 10.5h.01M14 10.5h.01M17.5 10.5h.01M8 13.8h8",
  minus: "M6 12h12",
  plus: "M6 12h12M12 6v12",
  copy: "M9 9h10v10.5H9ZM5 15.5V4.5h10",
  download: "M12 4v11M7.5 11l4.5 4.5 4.5-4.5M4.5 19.5h15",
  print: "M7.5 9V4.5h9V9M7.5 16H5a.8.8 0 0 1-.8-.8V9.8A.8.8 0 0 1 5 9h14a.8.8 0 0 1 .8.8v5.4a.8.8 0 0 1-.8.8h-2.5M7.5 14h9v5.5h-9Z",
  info: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM12 11.3v4.7M12 8v.01",
  person: "M12 11.5a3.8 3.8 0 1 0 0-7.6 3.8 3.8 0 0 0 0 7.6ZM4.8 20c.7-3.6 3.6-5.5 7.2-5.5s6.5 1.9 7.2 5.5",
  calendar: "M5 6.5h14v13H5ZM5 10.5h14M9 4v4M15 4v4",
  send: "M5 12h13M12.5 6l6 6-6 6",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={name === "more" ? 3 : 1.8}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={paths[name]} />
    </svg>
  );
}
