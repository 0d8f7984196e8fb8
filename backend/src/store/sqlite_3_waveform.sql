-- Step 3: the waveform of a job's recording, for players.

CREATE TABLE job_waveforms (
    job_id TEXT PRIMARY KEY REFERENCES processing_jobs (id) ON DELETE CASCADE,
    data JSON TEXT NOT NULL,
    created_at TEXT NOT NULL
) WITHOUT ROWID;
