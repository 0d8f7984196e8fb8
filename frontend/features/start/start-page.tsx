"use client";
import { useEffect, useMemo, useState } from "react";
import { followJobs, noteJobs, useFollowedJobs } from "@/features/job/followed";
import { useJobs } from "@/features/meetings/queries";
import { RecordPanel } from "@/features/record/record-panel";
import { useAnnounce } from "@/features/shell/announcer";
import { Button } from "@/features/ui/button";
import { FileButton } from "@/features/ui/file-button";
import { Icon } from "@/features/ui/icon";
import { UploadCard } from "@/features/uploads/upload-card";
import { uploads, useUploads } from "@/features/uploads/use-uploads";
import { en } from "@/strings/en";
import { checkFiles } from "./check-files";
import { JobCard } from "./job-card";
import { KeptRecordings } from "./kept-recordings";
import { LinkForm } from "./link-form";
import { jobOptions, titleFor } from "./options";
import { OptionsForm } from "./options-form";
import styles from "./start.module.css";
import { useChoice } from "./use-choice";
import { useTemplates } from "./use-templates";
import { useWindowDrop } from "./use-window-drop";

const STREAMS = 2; // jobs that are followed live; each takes one of the browser's six connections

export function StartPage() {
  const announce = useAnnounce();
  const [choice, setChoice] = useChoice();
  const [title, setTitle] = useState("");
  const [problems, setProblems] = useState<readonly string[]>([]);
  const [panel, setPanel] = useState<"drop" | "link" | "record">("drop");
  const items = useUploads();
  const jobs = useShownJobs();
  const taken = useMemo(() => new Set(items.flatMap(({ recording }) => recording ?? [])), [items]);
  const templates = useTemplates();
  const options = jobOptions(choice, templates);

  function add(files: readonly File[]) {
    const { good, problems } = checkFiles(files);
    setProblems(problems);
    for (const file of good) uploads.add(file, { title: titleFor(title, file.name, good.length > 1), options });
    if (good.length === 0) return;
    setTitle("");
    announce(en.start.added(good.length));
  }

  function addRecording(file: File, recording: string) {
    uploads.add(file, { title: title.trim() || null, options, recording });
    setTitle("");
  }

  const over = useWindowDrop(add);

  return (
    <>
      <div className={styles.hero}>
        <h1>{en.start.title}</h1>
        <p>{en.start.intro}</p>
      </div>

      {panel === "record" ? (
        <RecordPanel onFile={addRecording} onClose={() => setPanel("drop")} />
      ) : (
        <div className={styles.drop} data-over={over}>
          <div className={styles.picture} aria-hidden="true">
            <Icon name="upload" size={30} />
          </div>
          <p className={styles.what}>{over ? en.start.dropNow : en.start.drop}</p>
          <p className={styles.hint}>{en.start.dropHint}</p>
          {panel === "link" ? (
            <LinkForm
              title={title.trim() || null}
              options={options}
              onJob={(jobId) => {
                followJobs([jobId]);
                setTitle("");
              }}
              onClose={() => setPanel("drop")}
            />
          ) : (
            <div className={styles.ways}>
              <FileButton variant="primary" onFiles={add}>
                <Icon name="upload" /> {en.start.choose}
              </FileButton>
              <Button onClick={() => setPanel("record")}>
                <Icon name="mic" /> {en.start.record}
              </Button>
              <Button onClick={() => setPanel("link")}>
                <Icon name="link" /> {en.start.link}
              </Button>
            </div>
          )}
        </div>
      )}
      {problems.length > 0 && (
        <ul className={styles.problems} role="alert">
          {problems.map((text) => (
            <li key={text}>
              <Icon name="alert" /> {text}
            </li>
          ))}
        </ul>
      )}
      <OptionsForm choice={choice} title={title} templates={templates} onChoice={setChoice} onTitle={setTitle} />

      <section className={styles.list} aria-label={en.start.underWay}>
        {panel !== "record" && <KeptRecordings taken={taken} onFile={addRecording} />}
        {items.map((item) => (
          <UploadCard key={item.id} item={item} />
        ))}
        {jobs.map((jobId, i) => (
          <JobCard key={jobId} jobId={jobId} live={i < STREAMS} />
        ))}
      </section>
    </>
  );
}

/** Those that this tab has begun, then those that it found under way. */
function useShownJobs(): readonly string[] {
  const working = useJobs({ status: "processing", limit: 10 }).data;
  const waiting = useJobs({ status: "pending", limit: 10 }).data;
  useEffect(() => {
    noteJobs([...(working?.jobs ?? []), ...(waiting?.jobs ?? [])].map(({ jobId }) => jobId));
  }, [working, waiting]);
  return useFollowedJobs();
}
