-- Step 1: as supabase/migrations/ has it for PostgreSQL. Times are text, 2026-11-24T12:00:00.123Z,
-- which sorts as they do; a column declared JSON TEXT holds a JSON document.

CREATE TABLE processing_jobs (
    id TEXT PRIMARY KEY NOT NULL,
    seq INTEGER NOT NULL DEFAULT 0,
    status TEXT NOT NULL
        CHECK (status IN ('pending', 'processing', 'completed', 'failed', 'cancelled')),
    user_id TEXT,
    stage TEXT,
    progress REAL NOT NULL DEFAULT 0,
    speed REAL,
    eta_seconds REAL,
    duration_ms INTEGER,
    priority INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    max_attempts INTEGER NOT NULL,
    title TEXT,
    source JSON TEXT NOT NULL,
    options JSON TEXT NOT NULL,
    callback_url TEXT,
    request_hash TEXT,
    error JSON TEXT,
    warnings JSON TEXT NOT NULL DEFAULT '[]',
    redo TEXT,
    lease_token TEXT,
    lease_expires_at TEXT,
    worker TEXT,
    run_after TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    started_at TEXT,
    finished_at TEXT,
    -- for the queue: from when on it may be claimed, whose turn it is, where it must run
    due_at TEXT AS (CASE status WHEN 'pending' THEN run_after
                                WHEN 'processing' THEN lease_expires_at END),
    owner TEXT AS (coalesce(user_id, '')),
    node TEXT AS (json_extract(source, '$.node'))
);
CREATE INDEX jobs_queue ON processing_jobs (priority, owner, created_at, due_at, node)
    WHERE due_at IS NOT NULL;
CREATE INDEX jobs_in_work ON processing_jobs (owner, lease_expires_at)
    WHERE status = 'processing';
CREATE INDEX jobs_newest ON processing_jobs (created_at, id);
CREATE INDEX jobs_of_user ON processing_jobs (user_id, created_at, id);
CREATE INDEX jobs_finished ON processing_jobs (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX jobs_status ON processing_jobs (status, run_after);

CREATE TABLE job_checkpoints (
    job_id TEXT NOT NULL REFERENCES processing_jobs (id) ON DELETE CASCADE,
    stage TEXT NOT NULL,
    slice INTEGER NOT NULL,
    data JSON TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (job_id, stage, slice)
);

CREATE TABLE job_events (
    job_id TEXT NOT NULL REFERENCES processing_jobs (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    data JSON TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (job_id, seq)
) WITHOUT ROWID;

CREATE TABLE meeting_analysis (
    job_id TEXT PRIMARY KEY NOT NULL REFERENCES processing_jobs (id) ON DELETE CASCADE,
    user_id TEXT,
    version INTEGER NOT NULL,
    title TEXT,
    language TEXT,
    model TEXT,
    duration_ms INTEGER,
    n_speakers INTEGER,
    transcript JSON TEXT,
    speakers JSON TEXT,
    metrics JSON TEXT,
    summary TEXT,
    topics JSON TEXT,
    decisions JSON TEXT,
    action_items JSON TEXT,
    minutes JSON TEXT,
    receipt JSON TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
);

CREATE TABLE webhook_deliveries (
    id TEXT PRIMARY KEY NOT NULL,
    job_id TEXT NOT NULL REFERENCES processing_jobs (id) ON DELETE CASCADE,
    url TEXT NOT NULL,
    event TEXT NOT NULL,
    payload JSON TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'delivered', 'failed')),
    attempts INTEGER NOT NULL DEFAULT 0,
    http_status INTEGER,
    error TEXT,
    next_try_at TEXT,
    lease_expires_at TEXT,
    tries JSON TEXT NOT NULL DEFAULT '[]',
    created_at TEXT NOT NULL,
    delivered_at TEXT
);
CREATE INDEX deliveries_due ON webhook_deliveries (next_try_at) WHERE status = 'pending';
CREATE INDEX deliveries_of_job ON webhook_deliveries (job_id);

-- Without a reference to the job: it is kept when a job is deleted.
CREATE TABLE audit_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    user_id TEXT,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    job_id TEXT,
    address TEXT,
    request_id TEXT,
    detail JSON TEXT
);
CREATE INDEX audit_of_job ON audit_log (job_id, id);
