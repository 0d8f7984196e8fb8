-- A database of version 1 with rows in every table, as it was released: never changed, only read.
PRAGMA journal_mode = WAL;

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

CREATE TABLE schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL);
INSERT INTO schema_migrations VALUES (1, '1_init', '2026-11-24T12:00:00.000Z');
PRAGMA user_version = 1;

INSERT INTO processing_jobs (id, seq, status, user_id, stage, progress, speed, eta_seconds, duration_ms,
    priority, attempts, max_attempts, title, source, options, callback_url, request_hash, error, warnings,
    redo, lease_token, lease_expires_at, worker, run_after, created_at, updated_at, started_at, finished_at)
VALUES
    ('a0000000-0000-4000-8000-000000000001', 2, 'completed', 'a0000000-0000-4000-8000-000000000100',
     'write', 100, 31.25, NULL, 61000, 3, 1, 5, 'Montag ä', '{"kind":"url","url":"https://example.org/a"}',
     '{"speakers":2}', 'https://example.org/h', 'h1', NULL, '["quiet"]', NULL,
     'b0000000-0000-4000-8000-000000000001', NULL, 'w1', '2026-11-24T12:00:00.001Z',
     '2026-11-24T12:00:00.001Z', '2026-11-24T12:00:05.000Z', '2026-11-24T12:00:01.000Z',
     '2026-11-24T12:00:05.000Z'),
    ('a0000000-0000-4000-8000-000000000002', 1, 'processing', NULL, 'transcribe', 12.5, NULL, 60, NULL,
     0, 1, 3, NULL, '{"kind":"upload","node":"here"}', '{}', NULL, NULL, '{"code":"network"}', '[]',
     'speakers', 'b0000000-0000-4000-8000-000000000002', '2099-01-01T00:00:00.000Z', 'w2',
     '2026-11-24T12:00:00.002Z', '2026-11-24T12:00:00.002Z', '2026-11-24T12:00:02.000Z',
     '2026-11-24T12:00:02.000Z', NULL),
    ('a0000000-0000-4000-8000-000000000003', 0, 'pending', NULL, NULL, 0, NULL, NULL, NULL,
     0, 0, 3, NULL, '{"kind":"url"}', '{}', NULL, NULL, NULL, '[]', NULL, NULL, NULL, NULL,
     '2026-11-24T12:00:00.003Z', '2026-11-24T12:00:00.003Z', '2026-11-24T12:00:00.003Z', NULL, NULL);
INSERT INTO job_checkpoints VALUES
    ('a0000000-0000-4000-8000-000000000002', 'transcribe', 0, '{"done_ms":60000}',
     '2026-11-24T12:00:02.000Z');
INSERT INTO job_events VALUES
    ('a0000000-0000-4000-8000-000000000001', 1, 'status', '{"status":"pending","stage":null}',
     '2026-11-24T12:00:00.001Z'),
    ('a0000000-0000-4000-8000-000000000001', 2, 'completed', '{"status":"completed","warnings":["quiet"]}',
     '2026-11-24T12:00:05.000Z'),
    ('a0000000-0000-4000-8000-000000000002', 1, 'status', '{"status":"pending","stage":null}',
     '2026-11-24T12:00:00.002Z');
INSERT INTO meeting_analysis (job_id, user_id, version, title, language, duration_ms, n_speakers, transcript,
    summary, action_items, created_at, updated_at)
VALUES ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000100', 4, 'Montag', 'de',
    61000, 2, '{"segments":[{"text":"Ja."}]}', 'Kurz.', '["anrufen"]', '2026-11-24T12:00:05.000Z',
    '2026-11-24T13:00:00.000Z');
INSERT INTO webhook_deliveries (id, job_id, url, event, payload, attempts, http_status, error, next_try_at, tries,
    created_at)
VALUES ('c0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000001',
    'https://example.org/h', 'job.completed', '{"type":"job.completed"}', 1, 503, 'busy',
    '2026-11-24T12:01:00.000Z',
    '[{"at":"2026-11-24T12:00:06.000Z","http_status":503,"error":"busy","ms":9}]',
    '2026-11-24T12:00:05.000Z');
INSERT INTO audit_log VALUES (7, '2026-11-24T12:00:00.001Z', 'a0000000-0000-4000-8000-000000000100', 'user',
    'job.create', 'a0000000-0000-4000-8000-000000000001', '192.0.2.1', 'r1', '{"n":1}');
